import { Menu } from '@base-ui/react/menu'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { type Column, columns } from './columns.tsx'

export function ColumnChoice({
  chosen,
  change,
}: {
  chosen: readonly Column[]
  change: (names: string) => void
}) {
  const names = new Set(chosen.map(({ name }) => name))
  const toggled = (name: string, isOn: boolean) =>
    columns
      .flatMap((column) => ((column.name === name ? isOn : names.has(column.name)) ? [column.name] : []))
      .join(',')
  return (
    <Menu.Root>
      <Menu.Trigger render={<Button kind="quiet">Columns</Button>} />
      <Menu.Portal>
        <Menu.Positioner align="end" sideOffset={4} className="z-40">
          <Menu.Popup className="w-44 rounded-md border border-line bg-panel p-1 shadow-lg">
            {columns.map(({ name, title }) => (
              <Menu.CheckboxItem
                key={name}
                checked={names.has(name)}
                onCheckedChange={(isOn) => change(toggled(name, isOn))}
                className="flex h-7 items-center gap-2 rounded px-2 data-[highlighted]:bg-raised"
              >
                <span className="w-4">
                  <Menu.CheckboxItemIndicator>
                    <Icon name="check" size={14} />
                  </Menu.CheckboxItemIndicator>
                </span>
                {title}
              </Menu.CheckboxItem>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
