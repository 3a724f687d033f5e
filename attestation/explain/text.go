package explain

import (
	"fmt"
	"io"
	"strings"
)

// wide is up to how many characters of value and meaning stand on the line of the name.
const wide = 100

// WriteText shows the tree to people: two spaces a level, an exclamation mark before what an
// honest worker's evidence does not have, offset and size in brackets.
func (n Node) WriteText(w io.Writer) error { return n.write(w, 0) }

func (n Node) write(w io.Writer, depth int) error {
	mark := " "
	if n.Alert {
		mark = "!"
	}
	indent := mark + strings.Repeat("  ", depth)
	line := indent + n.Name
	if n.Size > 0 {
		line += fmt.Sprintf(" [%d+%d]", n.Offset, n.Size)
	}
	if n.Value != "" {
		line += ": " + n.Value
	}
	switch below := " " + strings.Repeat("  ", depth) + "  "; {
	case n.Meaning == "":
	case len(line)+len(n.Meaning) > wide:
		line += "\n" + below + "(" + n.Meaning + ")"
	default:
		line += "  (" + n.Meaning + ")"
	}
	if _, err := fmt.Fprintln(w, line); err != nil {
		return err
	}
	for _, c := range n.Children {
		if err := c.write(w, depth+1); err != nil {
			return err
		}
	}
	return nil
}
