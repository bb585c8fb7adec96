import { Link } from '@tanstack/react-router'
import { Page } from '../ui/page.tsx'
import { EraseLink } from './erase-link.tsx'
import { ExportForm } from './export-form.tsx'
import { ExportList } from './export-list.tsx'
import { Statement } from './statement.tsx'

const button =
  'inline-flex h-7 shrink-0 items-center whitespace-nowrap rounded border border-line bg-panel px-2.5 hover:bg-raised'

/** What do I hand to the auditor? */
export function ExportsPage() {
  return (
    <Page
      title="Exports and evidence"
      actions={
        <>
          <EraseLink of={{}} />
          <Link to={'/exports/retention' as '/'} className={button}>
            Retention and holds
          </Link>
          <Link to={'/exports/leave' as '/'} className={button}>
            Leave AIRS-CP
          </Link>
        </>
      }
      same={{ cli: 'npx airs exports list\nnpx airs log', api: ['/v1/exports', '/v1/log'] }}
    >
      <ExportForm />
      <ExportList />
      <Statement />
    </Page>
  )
}
