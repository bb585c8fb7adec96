import { Link } from '@tanstack/react-router'

/** Leads there with something filled in. */
export function EraseLink({ of }: { of: Partial<Record<'exchange' | 'session' | 'caller', string>> }) {
  return (
    <Link
      to={'/exports/erase' as '/'}
      search={of as never}
      className="inline-flex h-7 shrink-0 items-center whitespace-nowrap rounded border border-line bg-panel px-2.5 hover:bg-raised"
    >
      Erase content
    </Link>
  )
}
