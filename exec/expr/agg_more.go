package expr

var aggregates2 = []function{}
