import type { CompletionSource } from '@codemirror/autocomplete'
import { autocompletion, closeBrackets, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, linter, lintGutter } from '@codemirror/lint'
import { searchKeymap } from '@codemirror/search'
import { EditorState, type Extension } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useRef } from 'react'

const look = EditorView.theme({
  '&': { fontSize: '12.5px', height: '100%', backgroundColor: 'var(--panel)', color: 'var(--ink)' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.55' },
  '.cm-gutters': { backgroundColor: 'var(--panel)', color: 'var(--muted)', border: 'none' },
  '&.cm-focused': { outline: 'none' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'color-mix(in oklab, var(--accent) 28%, transparent)',
  },
  '.cm-tooltip': {
    backgroundColor: 'var(--panel)',
    border: '1px solid var(--line)',
    borderRadius: '6px',
    color: 'var(--ink)',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--raised)', color: 'var(--ink)' },
  '.cm-completionDetail': { color: 'var(--muted)', fontStyle: 'normal' },
  '.cm-changedLine': { backgroundColor: 'color-mix(in oklab, var(--ok) 12%, transparent) !important' },
  '.cm-deletedChunk': { backgroundColor: 'color-mix(in oklab, var(--block) 12%, transparent) !important' },
})

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--observe)' },
  { tag: [tags.string, tags.content], color: 'var(--ink)' },
  { tag: [tags.keyword, tags.bool, tags.number, tags.atom], color: 'var(--quarantine)' },
  { tag: tags.comment, color: 'var(--muted)', fontStyle: 'italic' },
  { tag: [tags.punctuation, tags.separator], color: 'var(--muted)' },
])

/** The nonce of this document, which style elements of the editor need. */
const styleNonce = EditorView.cspNonce.of(
  document.querySelector('meta[name="style-nonce"]')?.getAttribute('content') ?? '',
)

export const yamlLook: Extension = [
  lineNumbers(),
  yaml(),
  syntaxHighlighting(colours),
  look,
  styleNonce,
  EditorView.lineWrapping,
]

/** An editor of YAML. `lint` is asked a moment after the last key. */
export default function CodeEditor({
  text,
  change,
  label,
  lint,
  complete,
}: {
  text: string
  change: (text: string) => void
  label: string
  lint: (text: string) => Promise<Diagnostic[]>
  complete: CompletionSource
}) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const changed = useRef(change)
  changed.current = change
  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor has its own state; a new text is set below
  useEffect(() => {
    const made = new EditorView({
      parent: place.current!,
      state: EditorState.create({
        doc: text,
        extensions: [
          yamlLook,
          history(),
          indentOnInput(),
          bracketMatching(),
          closeBrackets(),
          lintGutter(),
          linter(({ state }) => lint(state.doc.toString()), { delay: 400 }),
          autocompletion({ override: [complete], activateOnTyping: true }),
          keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap, ...searchKeymap]),
          EditorView.contentAttributes.of({ 'aria-label': label }),
          EditorView.updateListener.of(({ docChanged, state }) => {
            if (docChanged) changed.current(state.doc.toString())
          }),
        ],
      }),
    })
    view.current = made
    return () => made.destroy()
  }, [])
  useEffect(() => {
    const { current } = view
    if (!current || current.state.doc.toString() === text) return
    current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: text } })
  }, [text])
  return <div ref={place} className="h-full min-h-0 overflow-hidden rounded-md border border-line" />
}
