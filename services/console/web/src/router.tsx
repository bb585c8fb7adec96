import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  retainSearchParams,
} from '@tanstack/react-router'
import { findSession } from './login/log-in.ts'
import { currentSession } from './login/session-store.ts'
import { NotFound } from './shell/not-found.tsx'
import { Shell } from './shell/shell.tsx'

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  validateSearch: (search: Record<string, string>) => search,
  // The range holds on every page, wherever a link or a key leads.
  search: { middlewares: [retainSearchParams(['range'])] },
  beforeLoad: async ({ location }) => {
    if (!currentSession()) await findSession()
    if (location.pathname === '/login' && currentSession()) throw redirect({ to: '/', replace: true })
  },
})

const page = <Path extends string>(path: Path, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => root, path, component })

const routes = [
  page(
    '/',
    lazyRouteComponent(() => import('./overview/overview-page.tsx'), 'OverviewPage'),
  ),
  page(
    '/login',
    lazyRouteComponent(() => import('./overview/overview-page.tsx'), 'OverviewPage'),
  ),
  page(
    '/traffic',
    lazyRouteComponent(() => import('./traffic/traffic-page.tsx'), 'TrafficPage'),
  ),
  page(
    '/sessions',
    lazyRouteComponent(() => import('./sessions/sessions-page.tsx'), 'SessionsPage'),
  ),
  page(
    '/sessions/$session',
    lazyRouteComponent(() => import('./sessions/session-page.tsx'), 'SessionPage'),
  ),
  page(
    '/policies',
    lazyRouteComponent(() => import('./policies/policies-page.tsx'), 'PoliciesPage'),
  ),
  page(
    '/draft',
    lazyRouteComponent(() => import('./policies/draft-page.tsx'), 'DraftPage'),
  ),
  page(
    '/mode',
    lazyRouteComponent(() => import('./policies/mode-page.tsx'), 'ModePage'),
  ),
  page(
    '/policies/$name',
    lazyRouteComponent(() => import('./policies/draft-page.tsx'), 'DraftPage'),
  ),
  page(
    '/agents',
    lazyRouteComponent(() => import('./agents/agents-page.tsx'), 'AgentsPage'),
  ),
  page(
    '/mcp/$server',
    lazyRouteComponent(() => import('./mcp/server-page.tsx'), 'McpServerPage'),
  ),
  page(
    '/keys',
    lazyRouteComponent(() => import('./keys/keys-page.tsx'), 'KeysPage'),
  ),
  page(
    '/exports',
    lazyRouteComponent(() => import('./exports/exports-page.tsx'), 'ExportsPage'),
  ),
  page(
    '/exports/leave',
    lazyRouteComponent(() => import('./exports/leave-page.tsx'), 'LeavePage'),
  ),
  page(
    '/exports/erase',
    lazyRouteComponent(() => import('./exports/erase-page.tsx'), 'ErasePage'),
  ),
  page(
    '/exports/retention',
    lazyRouteComponent(() => import('./exports/retention-page.tsx'), 'RetentionPage'),
  ),
  page(
    '/health',
    lazyRouteComponent(() => import('./health/health-page.tsx'), 'HealthPage'),
  ),
  page(
    '/exchanges/$exchange',
    lazyRouteComponent(() => import('./exchange/exchange-page.tsx'), 'ExchangePage'),
  ),
]

/** Addresses are plain (`?decision=block&range=7d`): every value of a search is a text. */
export const router = createRouter({
  routeTree: root.addChildren(routes),
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== '')
    const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
    return text && `?${text}`
  },
  defaultPreload: 'intent',
  scrollRestoration: false,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
