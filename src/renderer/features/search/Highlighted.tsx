interface HighlightedProps {
  parts: readonly { text: string; isMatch: boolean }[];
}

/** Words of a result, with those that match marked. */
export function Highlighted({ parts }: HighlightedProps) {
  return parts.map((part, index) =>
    part.isMatch ? (
      <mark key={index} className="match">
        {part.text}
      </mark>
    ) : (
      part.text
    ),
  );
}
