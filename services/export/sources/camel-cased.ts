/** The names that the database gives become those of the APIs. */
export function camelCased(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, own]) => [
      name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()),
      own,
    ]),
  )
}
