import { memo } from 'react'
import { reveal } from './reveal.ts'

/** What others wrote, as text and nothing else: hidden characters are named, links are inert, directions stay inside. */
export const Text = memo(function Text({ text }: { text: string }) {
  return (
    <bdi>
      {reveal(text).map(({ text, hidden }, index) =>
        hidden ? (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have no other name
            key={index}
            title={`Hidden character ${hidden.code}`}
            className="tone-block toned tinted mx-px rounded border border-current px-0.5 font-mono text-xs"
          >
            {hidden.name}
          </span>
        ) : (
          text
        ),
      )}
    </bdi>
  )
})
