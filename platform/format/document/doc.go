// Package document writes a contract or a data product as a page for people, in Markdown or HTML: what the data is, who
// answers for it, what is promised, each field with its rules, what it is made from and who reads it, how to subscribe, and the
// terms.
//
// The HTML needs nothing else: no script, no font, no image from elsewhere. It reads on paper and in the dark. Whatever
// a contract says is text in both: markup in it is shown, not obeyed, and only addresses that begin with https, http
// or mailto become links.
package document
