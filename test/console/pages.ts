import type { Page } from 'playwright-core'

export type Shown = { name: string; path: string; ready: (page: Page) => Promise<unknown> }

const heading = (name: string) => (page: Page) =>
  page.getByRole('heading', { name, exact: true }).first().waitFor()
const rowOf = (name: string) => (page: Page) =>
  page.getByRole('table', { name }).getByRole('row').nth(1).waitFor()
const rowIn = (region: string) => (page: Page) =>
  page.getByRole('region', { name: region }).getByRole('row').nth(1).waitFor()

/** Every page of the console with what is on it once it is whole. */
export function pagesOf({ blocked, session }: { blocked: string; session: string }): Shown[] {
  return [
    {
      name: 'overview',
      path: '/',
      ready: (page) => page.getByRole('img', { name: 'Decisions over time' }).waitFor(),
    },
    { name: 'traffic', path: '/traffic', ready: rowOf('Exchanges') },
    {
      name: 'traffic-peek',
      path: `/traffic?decision=block&peek=${blocked}`,
      ready: (page) => page.locator('mark').first().waitFor(),
    },
    {
      name: 'exchange',
      path: `/exchanges/${blocked}`,
      ready: (page) => page.locator('mark').first().waitFor(),
    },
    {
      name: 'exchange-raw',
      path: `/exchanges/${blocked}?view=raw`,
      ready: (page) => page.getByLabel('Request, as the client sent it').first().waitFor(),
    },
    { name: 'sessions', path: '/sessions', ready: rowIn('Sessions') },
    {
      name: 'session',
      path: `/sessions/${encodeURIComponent(session)}`,
      ready: (page) => page.getByRole('region', { name: 'Lineage' }).waitFor(),
    },
    { name: 'policies', path: '/policies', ready: rowIn('Policies in force') },
    { name: 'draft', path: '/draft', ready: (page) => page.locator('.cm-content').waitFor() },
    { name: 'mode', path: '/mode', ready: rowIn('Changes of the mode') },
    { name: 'agents', path: '/agents', ready: heading('Tools that agents call') },
    {
      name: 'mcp-server',
      path: '/mcp/helpdesk?tool=find_ticket',
      ready: (page) => page.getByLabel('Difference').waitFor(),
    },
    { name: 'keys', path: '/keys', ready: rowIn('Client keys') },
    { name: 'exports', path: '/exports', ready: heading('Statement of completeness') },
    { name: 'erase', path: '/exports/erase', ready: heading('Erasures') },
    { name: 'retention', path: '/exports/retention', ready: heading('Legal holds') },
    { name: 'leave', path: '/exports/leave', ready: heading('Leave AIRS-CP') },
    { name: 'health', path: '/health', ready: rowIn('Projections') },
    { name: 'changes', path: '/health?part=changes', ready: rowIn('Changes of the control plane') },
    { name: 'configuration', path: '/health?part=configuration', ready: rowIn('Configuration in force') },
  ]
}
