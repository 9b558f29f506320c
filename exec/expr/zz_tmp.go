package expr

var stringFunctions []function
var patternFunctions []function
var encodingFunctions []function
var mathFunctions []function
var clockFunctions []function
var timeFunctions []function
var timeMakers []function
var arrayFunctions []function
var jsonFunctions []function
var sessionFunctions []function
var aggregates []function
