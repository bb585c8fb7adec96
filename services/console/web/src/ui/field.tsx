import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, useId } from 'react'

const box = 'h-7 min-w-0 rounded border border-line bg-panel px-2'

/** A field with its name above it. */
export function Field({
  name,
  note,
  ...rest
}: { name: string; note?: ReactNode } & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId()
  return (
    <div className="flex min-w-0 flex-col gap-0.5">
      <label htmlFor={id} className="text-sm text-muted">
        {name}
      </label>
      <input id={id} {...rest} className={`${box} ${rest.className ?? ''}`} />
      {note && <span className="text-sm text-muted">{note}</span>}
    </div>
  )
}

export function Choice({
  name,
  options,
  ...rest
}: {
  name: string
  options: readonly (readonly [value: string, title: string])[]
} & SelectHTMLAttributes<HTMLSelectElement>) {
  const id = useId()
  return (
    <div className="flex min-w-0 flex-col gap-0.5">
      <label htmlFor={id} className="text-sm text-muted">
        {name}
      </label>
      <select id={id} {...rest} className={box}>
        {options.map(([value, title]) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </select>
    </div>
  )
}
