package contract

import (
	"errors"
	"fmt"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/quality"
)

// MostUnique is how many values of one input partition a uniqueness window remembers at most, however long it is: some
// 50 MB. Beyond it the oldest are forgotten, which makes the window shorter.
const MostUnique = 1_000_000

func readUniquenessWindow(s *settings, v Value) error {
	return readWindow(&s.uniqueness, v, MostUnique)
}

func readQualityWindow(s *settings, v Value) error {
	return readWindow(&s.quality, v, 1_000_000_000)
}

// readWindow is a duration or a number of records.
func readWindow(into *quality.Window, v Value, most int) error {
	switch v.Kind {
	case strict.Integer:
		into.Age = 0
		return readCount(&into.Records, v, most)
	case strict.Text:
		age, err := ParseDuration(v.Text)
		switch {
		case err != nil:
			return err
		case age < time.Second:
			return errors.New("must be a second or longer")
		}
		*into = quality.Window{Age: age}
		return nil
	}
	return fmt.Errorf("must be a duration such as PT1H, or a number of records, not %s", v.Kind)
}
