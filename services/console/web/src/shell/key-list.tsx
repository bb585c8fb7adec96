import { Dialog } from '@base-ui/react/dialog'
import { shortcuts } from './shortcuts.ts'

export function KeyList({ open, setOpen }: { open: boolean; setOpen: (open: boolean) => void }) {
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-50 bg-black/30" />
        <Dialog.Popup className="fixed top-[15vh] left-1/2 z-50 w-96 max-w-[92vw] -translate-x-1/2 rounded-lg border border-line bg-panel p-4 shadow-xl">
          <Dialog.Title className="pb-2 font-semibold">Keys</Dialog.Title>
          <dl className="grid grid-cols-[max-content_1fr] gap-x-6 gap-y-1">
            {shortcuts.map(([keys, what]) => (
              <div key={keys} className="contents">
                <dt className="font-mono text-sm">{keys}</dt>
                <dd className="text-muted">{what}</dd>
              </div>
            ))}
          </dl>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
