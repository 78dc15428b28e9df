package dcs

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// fits tells whether a value that was kept aside may return to its key: 1.2.1 takes any key that it does not know, and what
// it knows must be as it says. Keys that Export makes itself never fit.
func fits(kind, key string, v contract.Value) bool {
	switch shapes()[kind][key] {
	case "":
		return key != "odcs"
	case "text":
		return isText(v)
	case "uri":
		return isURI(v)
	case "email":
		return isEmail(v)
	case "number":
		return isNumber(v)
	case "count":
		return isCount(v)
	case "flag":
		return isBool(v)
	case "list":
		return isList(v)
	case "texts":
		return isTexts(v)
	case "links":
		return isLinks(v)
	case "config":
		return isMap(v) && !slices.ContainsFunc(strings.Fields("avroType avroLogicalType bigqueryType snowflakeType redshiftType sqlserverType databricksType glueType avroNamespace"),
			func(key string) bool { return v.Get(key).Kind != strict.Absent && !isText(v.Get(key)) })
	case "roles":
		return isList(v) && all(v.Items, func(r contract.Value) bool { return isText(r.Get("name")) && textOrNone(r, "description") })
	case "policies":
		return isList(v) && all(v.Items, func(p contract.Value) bool {
			return isMap(p) && textOrNone(p, "type", "description") && (p.Get("url").Kind == strict.Absent || isURI(p.Get("url")))
		})
	case "lineage":
		return fitsLineage(v)
	case "definitions":
		for _, e := range v.Entries {
			if !definitionName.MatchString(e.Key) || !isText(e.Value.Get("type")) || !fitsField(e.Value) {
				return false
			}
		}
		return isMap(v)
	}
	return false
}

// shapes are what 1.2.1 says of its keys, for each kind of object; own marks those that Export makes itself. The table is asked for
// each key of a contract, and made once.
var shapes = sync.OnceValue(func() map[string]map[string]string {
	table := map[string]map[string]string{}
	for kind, row := range map[string]string{
		"root": "dataContractSpecification=own id=own info=own servers=own terms=own models=own servicelevels=own sla=own odcs=own links=links tags=texts " +
			"definitions=definitions",
		"info":    "title=text version=text status=text description=text owner=text domain=own dataProduct=own tenant=own contact=own",
		"contact": "name=text url=uri email=email slack=own teams=own",
		"terms":   "usage=text limitations=text billing=text noticePeriod=text policies=policies",
		"role":    "name=text description=text",
		"server":  "type=own odcs=own description=text environment=text roles=roles",
		"model": "description=text type=type title=text fields=own primaryKey=own quality=own odcs=own examples=list additionalFields=flag config=config " +
			"tags=texts links=links",
		"field": "description=text title=text type=own required=flag unique=flag primary=flag primaryKey=flag pii=own classification=own references=text enum=texts " +
			"minLength=count maxLength=count format=text pattern=text precision=number scale=number minimum=number exclusiveMinimum=number maximum=number " +
			"exclusiveMaximum=number example=text examples=list tags=texts links=links $ref=text quality=own odcs=own lineage=lineage config=config " +
			"fields=own items=own keys=own values=own",
		"quality": "type=own description=own metric=own rule=own query=own engine=own implementation=own odcs=own dialect=text arguments=own name=own dimension=own " +
			"severity=own unit=own mustBe=own mustNotBe=own mustBeGreaterThan=own mustBeGreaterOrEqualTo=own mustBeGreaterThanOrEqualTo=own mustBeLessThan=own " +
			"mustBeLessOrEqualTo=own mustBeLessThanOrEqualTo=own mustBeBetween=own mustNotBeBetween=own",
	} {
		table[kind] = map[string]string{}
		for entry := range strings.FieldsSeq(row) {
			key, shape, _ := strings.Cut(entry, "=")
			table[kind][key] = shape
		}
	}
	return table
})

var definitionName = regexp.MustCompile(`^[a-zA-Z0-9/_-]+$`)

func all(items []contract.Value, ok func(contract.Value) bool) bool {
	return !slices.ContainsFunc(items, func(v contract.Value) bool { return !ok(v) })
}

func textOrNone(v contract.Value, keys ...string) bool {
	return !slices.ContainsFunc(keys, func(key string) bool { return v.Get(key).Kind != strict.Absent && !isText(v.Get(key)) })
}

func fitsLineage(v contract.Value) bool {
	inputs := v.Get("inputFields")
	return isList(inputs) && textOrNone(v, "transformationDescription", "transformationType") && all(inputs.Items, func(in contract.Value) bool {
		texts := all([]contract.Value{in.Get("namespace"), in.Get("name"), in.Get("field")}, func(v contract.Value) bool { return v.Kind == strict.Text })
		return texts && in.Get("transformations").Kind == strict.Absent
	})
}

// fitsField tells whether a whole field, or a definition, may stand as it is.
func fitsField(v contract.Value) bool {
	for _, e := range v.Entries {
		var ok bool
		switch e.Key {
		case "type":
			ok = slices.Contains(fieldTypes(), e.Value.Text)
		case "pii":
			ok = isBool(e.Value)
		case "classification":
			ok = isText(e.Value)
		case "precision", "scale":
			ok = isCount(e.Value)
		case "fields":
			ok = isMap(e.Value)
			for _, f := range e.Value.Entries {
				ok = ok && fitsField(f.Value)
			}
		case "items", "keys", "values":
			ok = fitsField(e.Value)
		case "name", "domain":
			ok = isText(e.Value)
		default:
			ok = fits("field", e.Key, e.Value)
		}
		if !ok {
			return false
		}
	}
	return isMap(v)
}

var percentage = regexp.MustCompile(`^\d+(\.\d+)?%$`)

// fitsLevel tells whether what was kept of a service level may stand in it.
func fitsLevel(name string, v contract.Value) bool {
	texts := map[string]string{
		"availability": "description percentage", "retention": "description period timestampField", "latency": "description threshold sourceTimestampField processedTimestampField",
		"freshness": "description threshold timestampField", "frequency": "description type interval cron", "support": "description time responseTime",
		"backup": "description interval cron recoveryTime recoveryPoint",
	}[name]
	if texts == "" {
		return true
	}
	if !isMap(v) || !textOrNone(v, strings.Fields(texts)...) {
		return false
	}
	switch name {
	case "availability":
		return v.Get("percentage").Kind == strict.Absent || percentage.MatchString(v.Get("percentage").Text)
	case "retention":
		return v.Get("unlimited").Kind == strict.Absent || isBool(v.Get("unlimited"))
	case "frequency":
		return v.Get("type").Kind == strict.Absent || slices.Contains([]string{"batch", "micro-batching", "streaming", "manual"}, v.Get("type").Text)
	}
	return true
}
