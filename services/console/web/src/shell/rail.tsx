import { Link } from '@tanstack/react-router'
import { Icon } from '../ui/icon.tsx'
import { destinations } from './destinations.ts'

export function Rail() {
  return (
    <nav
      aria-label="Pages"
      className="flex w-full shrink-0 flex-row gap-0.5 overflow-x-auto border-line max-md:border-b p-2 md:h-full md:w-36 md:flex-col md:border-r"
    >
      <div className="flex h-8 items-center gap-2 px-2 font-semibold max-md:hidden">
        <svg aria-hidden="true" viewBox="0 0 16 16" width="18" height="18">
          <path d="M8 1 14.5 4v4.2c0 3.4-2.6 5.7-6.5 6.8-3.9-1.1-6.5-3.4-6.5-6.8V4Z" fill="var(--accent)" />
          <path d="M4.6 8.2 7 10.5l4.4-5" fill="none" stroke="var(--on-accent)" strokeWidth="1.6" />
        </svg>
        AIRS-CP
      </div>
      {destinations.map(({ to, name, icon, key }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: to === '/', includeSearch: false }}
          title={`${name} (g ${key})`}
          className="flex h-8 shrink-0 items-center gap-2 rounded px-2 text-muted max-md:px-1.5 hover:bg-raised hover:text-ink"
          activeProps={{ className: 'bg-raised font-medium !text-ink', 'aria-current': 'page' }}
        >
          <span className="max-md:hidden">
            <Icon name={icon} />
          </span>
          {name}
        </Link>
      ))}
    </nav>
  )
}
