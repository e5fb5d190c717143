module belvedere

go 1.26.8
