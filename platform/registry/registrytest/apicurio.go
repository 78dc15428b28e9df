package registrytest

// Apicurio is where Apicurio Registry 3.0.9 differs, in its Confluent API, version 7. The client's tests pass as they are.
func Apicurio() Differences {
	const (
		prefix   = "subjectPrefix is not looked at"
		spaces   = "a schema is the same only with the same white space"
		echo     = "a setting is echoed under the name that reading has"
		unset    = "a subject without a version has no settings, and one with a version has an empty one"
		conflict = "the code is right, the status is 409"
	)
	return Differences{
		"api/mode":     "modes are not kept: setting one is taken and changes nothing",
		"api/metadata": "metadata and rule sets are taken and dropped",

		"api/levels POST /compatibility/subjects/api-level-1/versions":                         "a check without a version holds against every version, at every level",
		"api/errors GET /subjects/errors/versions/nonsense":                                    "a version that is no number is one that is not found",
		"api/errors PUT /config/errors":                                                        "a level that is none is an error of the server",
		"api/lookup POST /subjects/lookup":                                                     spaces,
		"api/lookup GET /subjects?subjectPrefix=lookup":                                        prefix,
		"api/compatibility PUT /config/compatibility":                                          echo,
		"api/compatibility POST /compatibility/subjects/compatibility/versions/1?verbose=true": "no messages",
		"api/config GET /config/config":                                                        unset,
		"api/config PUT /config/config":                                                        echo,
		"api/config GET /config/config?defaultToGlobal=true":                                   unset,
		"api/deletion DELETE /subjects/deletion/versions/2?permanent=true":                     conflict,
		"api/deletion DELETE /subjects/deletion/versions/2":                                    conflict,
		"api/deletion DELETE /subjects/deletion?permanent=true":                                conflict,
		"api/deletion GET /subjects?deleted=true&subjectPrefix=deletion":                       prefix,
	}
}
