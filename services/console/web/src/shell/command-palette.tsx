import { Dialog } from '@base-ui/react/dialog'
import { useNavigate } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { Icon } from '../ui/icon.tsx'
import { type Choice, choicesFor } from './palette-choices.ts'

/** Opens anything: a page, an exchange or a session by its id, traffic that says certain words. */
export function CommandPalette({ open, setOpen }: { open: boolean; setOpen: (open: boolean) => void }) {
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-50 bg-black/30" />
        <Dialog.Popup className="fixed top-[12vh] left-1/2 z-50 w-[36rem] max-w-[92vw] -translate-x-1/2 overflow-hidden rounded-lg border border-line bg-panel shadow-xl">
          <Dialog.Title className="sr-only">Search or go to</Dialog.Title>
          <Palette close={() => setOpen(false)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Palette({ close }: { close: () => void }) {
  const [text, setText] = useState('')
  const [selected, setSelected] = useState(0)
  const navigate = useNavigate()
  const list = useId()
  const choices = choicesFor(text)
  const current = Math.min(selected, choices.length - 1)
  const open = (choice: Choice | undefined) => {
    if (!choice) return
    close()
    navigate({ to: choice.to, search: (choice.search ?? {}) as never })
  }
  return (
    <>
      <div className="flex items-center gap-2 border-b border-line px-3">
        <Icon name="search" />
        <input
          // biome-ignore lint/a11y/noAutofocus: the dialog was opened to write here
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls={list}
          aria-activedescendant={`${list}-${current}`}
          aria-label="Search or go to"
          placeholder="A page, an id, or words that were said"
          value={text}
          onChange={({ target }) => {
            setText(target.value)
            setSelected(0)
          }}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown') setSelected(Math.min(current + 1, choices.length - 1))
            else if (event.key === 'ArrowUp') setSelected(Math.max(current - 1, 0))
            else if (event.key === 'Enter') open(choices[current])
            else return
            event.preventDefault()
          }}
          className="h-11 grow bg-transparent outline-none placeholder:text-muted"
        />
        <kbd className="font-sans text-sm text-muted">Esc</kbd>
      </div>
      <div id={list} role="listbox" aria-label="Choices" className="max-h-[50vh] overflow-y-auto p-1">
        {choices.map((choice, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys go to the field above, which has the focus
          <div
            key={choice.name}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === current}
            onMouseMove={() => setSelected(index)}
            onClick={() => open(choice)}
            className={`flex h-9 items-center gap-2 rounded px-2 ${index === current ? 'bg-raised' : ''}`}
          >
            <Icon name={choice.icon} />
            <span className="truncate">{choice.name}</span>
            <span className="ml-auto truncate pl-4 text-sm text-muted">{choice.note}</span>
          </div>
        ))}
      </div>
    </>
  )
}
