import type { SupervisorReport } from './supervised.ts'

/** For a person. */
export function describeReport(report: SupervisorReport): string {
  const { name, how } = report
  if (report.kind === 'crashed') return `${name} ${how}; starting it again.`
  return [
    `${name} ${how}, for the ${report.crashes}th time in a row; trying on every few seconds. It said:`,
    ...report.lines.map((line) => `  ${line}`),
  ].join('\n')
}
