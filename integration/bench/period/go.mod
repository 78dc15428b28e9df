module github.com/rickb777/period

go 1.26.0
