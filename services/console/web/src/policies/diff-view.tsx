import { unifiedMergeView } from '@codemirror/merge'
import { EditorState } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import { yamlLook } from '../ui/code-editor.tsx'

/** What one text changes in another, line by line. */
export default function DiffView({ before, after }: { before: string; after: string }) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const view = new EditorView({
      parent: place.current!,
      state: EditorState.create({
        doc: after,
        extensions: [
          yamlLook,
          EditorState.readOnly.of(true),
          EditorView.contentAttributes.of({ 'aria-label': 'Difference' }),
          unifiedMergeView({ original: before, mergeControls: false, gutter: true }),
        ],
      }),
    })
    return () => view.destroy()
  }, [before, after])
  return <div ref={place} className="h-full overflow-hidden rounded-md border border-line" />
}
