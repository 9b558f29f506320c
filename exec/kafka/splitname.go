package kafka

import "fmt"

// SplitName is what people call a partition: topic[3].
func (s *Source) SplitName(split int32) string {
	for i := range s.parts {
		if p := &s.parts[i]; p.split == split {
			return fmt.Sprintf("%s[%d]", p.topic, p.id)
		}
	}
	return ""
}
