import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { readinessQuery } from '../health/queries.ts'
import { logOut } from '../login/log-in.ts'
import { useSession } from '../login/session-store.ts'
import { Badge } from '../ui/badge.tsx'
import { Icon } from '../ui/icon.tsx'
import { useLive } from './live.ts'
import { modeQuery, modes } from './mode.ts'
import { setTheme, type Theme, useTheme } from './theme.ts'
import { type Range, ranges, useRange } from './time-range.ts'

const control = 'flex h-7 items-center gap-1.5 rounded border border-line bg-panel px-2 hover:bg-raised'

export function TopBar({ openPalette }: { openPalette: () => void }) {
  const { live, toggle } = useLive()
  return (
    <header className="flex min-h-11 shrink-0 flex-wrap items-center gap-2 border-b border-line px-4 py-1.5">
      <button type="button" onClick={openPalette} className={`${control} w-64 max-w-full text-muted`}>
        <Icon name="search" size={14} />
        Search or go to
        <kbd className="ml-auto font-sans text-sm">⌘K</kbd>
      </button>
      <EnvironmentName />
      <div className="ml-auto flex flex-wrap items-center gap-2">
        <ModeMark />
        <RangeChoice />
        <button
          type="button"
          onClick={toggle}
          aria-pressed={!live}
          className={control}
          title="Pause or resume live data (.)"
        >
          <Icon name={live ? 'pause' : 'play'} size={14} />
          {live ? 'Live' : 'Paused'}
        </button>
        <ThemeChoice />
        <Account />
      </div>
    </header>
  )
}

/** Which installation this is, where it has a name. */
function EnvironmentName() {
  const { data } = useQuery(readinessQuery)
  if (!data?.environment) return null
  return (
    <span className="flex min-w-0 items-center gap-1.5" title="Environment (AIRS_ENVIRONMENT)">
      <span className="sr-only">Environment</span>
      <strong className="truncate rounded border border-line bg-raised px-2 py-0.5 font-medium">
        {data.environment}
      </strong>
    </span>
  )
}

/** The mode stands where it is always seen. */
function ModeMark() {
  const { data } = useQuery(modeQuery)
  if (!data) return null
  const { name, tone } = modes[data.mode]
  return (
    <span title={modes[data.mode].meaning}>
      <Badge
        tone={tone}
        icon={data.mode === 'observe' ? 'observe' : data.mode === 'enforce' ? 'policies' : 'warning'}
      >
        {name}
      </Badge>
    </span>
  )
}

function RangeChoice() {
  const range = useRange()
  const navigate = useNavigate()
  return (
    <select
      aria-label="Time range"
      value={range}
      onChange={({ target }) =>
        navigate({
          to: '.',
          // A fixed time, which Traffic and exports may have, counts more than a range: it goes.
          search: ((before: object) => ({
            ...before,
            range: target.value as Range,
            from: undefined,
            until: undefined,
          })) as never,
        })
      }
      className={control}
    >
      {Object.entries(ranges).map(([value, name]) => (
        <option key={value} value={value}>
          {name}
        </option>
      ))}
    </select>
  )
}

const nextTheme: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' }

function ThemeChoice() {
  const theme = useTheme()
  return (
    <button
      type="button"
      onClick={() => setTheme(nextTheme[theme])}
      aria-label={`Theme: ${theme}. Switch to ${nextTheme[theme]}`}
      title={`Theme: ${theme}`}
      className={control}
    >
      <Icon name={theme === 'light' ? 'sun' : 'moon'} size={14} />
    </button>
  )
}

function Account() {
  const state = useSession()
  if (state.state !== 'open') return null
  const { name, role } = state.session
  return (
    <span className="flex items-center gap-1.5" title={`Token “${name}”, role ${role}`}>
      <Icon name="user" size={14} />
      {name}
      <span className="text-muted">{role}</span>
      <button type="button" onClick={() => logOut()} aria-label="Log out" title="Log out" className={control}>
        <Icon name="exit" size={14} />
      </button>
    </span>
  )
}
