export type ChecklistItem = { task: string; done: boolean; how?: string }

/** What leaving takes, and what of it is done. */
export function checklist({
  isExported,
  isQuiet,
}: {
  isExported: boolean
  isQuiet: boolean
}): ChecklistItem[] {
  return [
    {
      task: 'Export audit logs',
      done: isExported,
      ...(!isExported && { how: 'airs offboard, without --dry-run' }),
    },
    {
      task: 'Revert LLM endpoint configuration',
      done: isQuiet,
      how: isQuiet
        ? 'no request has come in while this was watching'
        : 'as listed above; requests still come in',
    },
    {
      task: 'Stop AIRS-CP containers',
      done: false,
      how: 'docker-compose down (of "npm start": Ctrl-C; Kubernetes: kubectl delete --kustomize)',
    },
    {
      task: 'Remove Docker volumes (optional)',
      done: false,
      how: 'docker-compose down --volumes (of "npm start": remove its data folder, .airs). This deletes what was recorded',
    },
    { task: 'Update application documentation', done: false },
  ]
}
