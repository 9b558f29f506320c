// Command lookup measures lookup tables in running queries:
//
//		go run ./bench/lookup            # all of it, about a minute
//		go run ./bench/lookup -only join # join, refresh, share or designs
//
//	  - join: S1 over records in memory, alone and with a join of a lookup table of 1,000 and of
//	    1,000,000 rows; CPU time a record, and the ratio.
//	  - refresh: how long batches take from the source to the client while a table of
//	    1,000,000 rows lies still, and while it is loaded anew every second.
//	  - share: the heap of one and of a hundred queries on one table of 1,000,000 rows.
//	  - designs: the same stream with the table reloaded inside the operator, and with a row fetched
//	    and kept for each key, the two designs that failed for the device events of S5.
//
// Ratios count, not figures: they are made in one run, in turns.
package main
