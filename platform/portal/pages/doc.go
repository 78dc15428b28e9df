// Package pages is how the portal looks: view models, which hold text that is ready to be shown, and the templates
// that set it in HTML. It knows nothing of the mesh; package portal turns what the mesh knows into these models.
//
// Every value goes through templ's escaping; no template uses raw HTML, inline script or inline style, since the
// server's content security policy forbids them.
package pages

//go:generate go tool templ generate -path . -lazy
