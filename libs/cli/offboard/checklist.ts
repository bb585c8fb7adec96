export type ChecklistItem = { task: string; done: boolean; how?: string }

/** How long no request came in, and how long that has to be until clients count as reverted. */
export type Quiet = { isQuiet: boolean; seconds: number | null; neededSeconds: number }

function isReverted({ isQuiet, seconds, neededSeconds }: Quiet): boolean {
  return isQuiet && (seconds === null || seconds >= neededSeconds)
}

function revertText(quiet: Quiet): string {
  const { isQuiet, seconds, neededSeconds } = quiet
  if (!isQuiet) return 'as listed above; requests still come in'
  if (seconds === null) return 'no request has ever come in'
  return isReverted(quiet)
    ? `no request has come in for ${seconds} s; ${neededSeconds} s were asked for`
    : `as listed above; the last request came ${seconds} s ago, and ${neededSeconds} s without one are asked for (--quiet). Run this again later`
}

/** What leaving takes, and what of it is done. */
export function checklist({ isExported, quiet }: { isExported: boolean; quiet: Quiet }): ChecklistItem[] {
  return [
    {
      task: 'Export audit logs',
      done: isExported,
      ...(!isExported && { how: 'airs offboard, without --dry-run' }),
    },
    {
      task: 'Revert LLM endpoint configuration',
      done: isReverted(quiet),
      how: revertText(quiet),
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
