import { natsAddress } from './addresses.ts'
import type { AuditProgram } from './audit-program.ts'
import type { Disk } from './disk.ts'
import type { IngressProgram } from './ingress-program.ts'
import type { NatsServer } from './nats-server.ts'
import { breakConnections, linkTo } from './platform/network.ts'
import { failThread } from './platform/threads.ts'
import type { PostgresServer } from './postgres-server.ts'
import type { Program } from './program.ts'
import type { Machine, World } from './world.ts'

type MachineName = 'ingress' | 'audit'

export type Scene = {
  world: World
  machines: Record<MachineName, Machine>
  disks: Record<MachineName, Disk>
  nats: NatsServer
  postgres: PostgresServer
  ingress: Program<IngressProgram>
  audit: Program<AuditProgram>
}

/** What goes wrong. Lasting trouble returns what ends it. */
type Fault = { name: string; weight: number; begin(scene: Scene): (() => void) | undefined }

const each = (
  weight: number,
  name: string,
  begin: (scene: Scene, machine: MachineName) => (() => void) | undefined,
) =>
  (['ingress', 'audit'] as const).map(
    (machine): Fault => ({ name: `${machine}: ${name}`, weight, begin: (scene) => begin(scene, machine) }),
  )

const once = (weight: number, name: string, begin: (scene: Scene) => unknown): Fault => ({
  name,
  weight,
  begin(scene) {
    begin(scene)
    return undefined
  },
})

function restartMs({ world }: Scene): number {
  return world.random.pick([100, 500, 3_000])
}

export const faults: Fault[] = [
  ...each(3, 'kill -9', (scene, name) => {
    scene.disks[name].loseProcesses()
    scene[name].end(restartMs(scene))
    return undefined
  }),
  ...each(4, 'power cut', (scene, name) => {
    scene.disks[name].losePower()
    scene[name].end(restartMs(scene))
    return undefined
  }),
  once(1, 'ingress: restart', (scene) => {
    const { world, ingress } = scene
    const { process, running } = ingress
    if (!process || !running) return
    world.schedule('close', 0, () => void running.close().then(() => ingress.end(100)), process)
  }),
  once(1, 'ingress: its thread fails', ({ ingress }) => ingress.process && failThread(ingress.process)),
  ...each(2, 'syncs fail', ({ disks, world }, name) => {
    disks[name].flaws.failingSyncs = world.random.integer(1, 4)
    return () => {
      disks[name].flaws.failingSyncs = 0
    }
  }),
  ...each(1, 'writes fail', ({ disks, world }, name) => {
    disks[name].flaws.failingWrites = world.random.integer(1, 4)
    return () => {
      disks[name].flaws.failingWrites = 0
    }
  }),
  ...each(2, 'disk full', ({ disks }, name) => {
    disks[name].flaws.isFull = true
    return () => {
      disks[name].flaws.isFull = false
    }
  }),
  ...each(1, 'disk read-only', ({ disks }, name) => {
    disks[name].flaws.isReadOnly = true
    return () => {
      disks[name].flaws.isReadOnly = false
    }
  }),
  ...each(1, 'disk slow', ({ disks }, name) => {
    disks[name].flaws.slowness = 60
    return () => {
      disks[name].flaws.slowness = 1
    }
  }),
  ...each(1, 'clock jumps', ({ machines, world }, name) => {
    machines[name].clockOffsetMs += world.random.pick([-3_600_000, -5_000, 5_000, 3_600_000])
    return undefined
  }),
  ...each(2, 'connection to NATS breaks', (_, name) => {
    breakConnections(natsAddress, name)
    return undefined
  }),
  ...each(2, 'cut off from NATS', (_, name) => {
    const link = linkTo(natsAddress, name)
    link.isCut = true
    return () => {
      link.isCut = false
      breakConnections(natsAddress, name)
    }
  }),
  ...each(2, 'delays to NATS', ({ world }, name) => {
    const link = linkTo(natsAddress, name)
    link.latencyMs = world.random.pick([20, 200])
    link.blockedUntilMs = world.nowMs + world.random.integer(0, 8_000)
    return () => {
      link.latencyMs = 0.2
    }
  }),
  once(2, 'NATS: kill -9', ({ nats, world }) => {
    nats.stop()
    world.schedule('NATS starts', world.random.integer(100, 5_000), () => nats.start())
  }),
  once(2, 'NATS: power cut', ({ nats, world }) => {
    nats.losePower()
    world.schedule('NATS starts', world.random.integer(100, 5_000), () => nats.start())
  }),
  once(1, 'NATS: store lost', ({ nats, world }) => {
    nats.loseStore()
    world.schedule('NATS starts', world.random.integer(100, 2_000), () => nats.start())
  }),
  once(1, 'NATS: stream discards its oldest', ({ nats, world }) => {
    nats.streams.get('TRAFFIC')?.discard(world.random.integer(1, 100))
  }),
  {
    name: 'NATS: refuses messages',
    weight: 1,
    begin({ nats }) {
      nats.refuses = true
      return () => {
        nats.refuses = false
      }
    },
  },
  {
    name: 'NATS: delivers again and out of order',
    weight: 2,
    begin({ nats, world }) {
      nats.duplicates = world.random.pick([0.02, 0.2])
      return () => {
        nats.duplicates = 0
      }
    },
  },
  {
    name: 'Postgres: down',
    weight: 2,
    begin({ postgres }) {
      postgres.stop()
      return () => {
        postgres.flaws.isDown = false
      }
    },
  },
  {
    name: 'Postgres: slow',
    weight: 1,
    begin({ postgres }) {
      postgres.flaws.latencyMs = 40
      return () => {
        postgres.flaws.latencyMs = 0.5
      }
    },
  },
  once(2, 'Postgres: commits fail', ({ postgres, world }) => {
    postgres.flaws.commits += world.random.integer(1, 3)
  }),
  once(2, 'Postgres: statements fail', ({ postgres, world }) => {
    postgres.flaws.statements += world.random.integer(1, 3)
  }),
]

const bag = faults.flatMap((fault) => Array.from({ length: fault.weight }, () => fault))

/** Injects faults until `untilMs`. @returns what ends everything that lasts. */
export function scheduleFaults(scene: Scene, untilMs: number): () => void {
  const { world } = scene
  const random = world.random.fork('faults')
  const meanMs = random.pick([500, 2_000, 6_000])
  const endings = new Set<() => void>()
  const next = () => {
    world.schedule('fault', 20 + random.delay(meanMs), () => {
      if (world.nowMs >= untilMs) return
      const fault = random.pick(bag)
      world.inject(fault.name)
      const end = fault.begin(scene)
      if (end) {
        endings.add(end)
        world.schedule('fault ends', random.pick([200, 2_000, 8_000]), () => {
          end()
          endings.delete(end)
        })
      }
      next()
    })
  }
  next()
  return () => {
    for (const end of endings) end()
    endings.clear()
    scene.postgres.flaws.commits = 0
    scene.postgres.flaws.statements = 0
    for (const disk of Object.values(scene.disks)) disk.flaws.failingSyncs = disk.flaws.failingWrites = 0
  }
}
