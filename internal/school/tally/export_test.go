package tally

// Judge is told to tests: no name of theirs resolves to such addresses.
var Judge = judge
