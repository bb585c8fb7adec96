import { Link } from '@tanstack/react-router'
import { Empty } from '../ui/empty.tsx'

export function NotFound() {
  return (
    <Empty title="There is no such page">
      <p className="text-muted">
        The address may be of another version.{' '}
        <Link to="/" className="text-accent underline">
          Go to the overview
        </Link>
        , or press ⌘K.
      </p>
    </Empty>
  )
}
