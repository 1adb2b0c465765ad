// Completes a package-lock.json with the optional packages of other platforms that the registry at hand did not have:
// `npm ci` refuses a lock file without them, although it never installs them here.
//
//   node internal/tools/complete-lock.mjs FOLDER/package-lock.json…
import { readFileSync, writeFileSync } from 'node:fs'

const systems = { android: 'android', darwin: 'darwin', freebsd: 'freebsd', linux: 'linux', netbsd: 'netbsd', openbsd: 'openbsd', openharmony: 'openharmony', sunos: 'sunos', win32: 'win32', windows: 'win32' }
const processors = { amd64: 'x64', x64: 'x64', arm64: 'arm64', arm: 'arm', armv7: 'arm', ia32: 'ia32', loong64: 'loong64', ppc64: 'ppc64', riscv64: 'riscv64', s390x: 's390x', mips64el: 'mips64el' }

for (const path of process.argv.slice(2)) {
  const lock = JSON.parse(readFileSync(path, 'utf8'))
  const packages = lock.packages
  for (const entry of Object.values({ ...packages })) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const key = `node_modules/${name}`
      if (packages[key]) continue
      const words = name.split(/[-/]/)
      const system = words.map((w) => systems[w]).find(Boolean)
      const processor = words.map((w) => processors[w]).find(Boolean)
      if (!system || !processor) throw new Error(`${path}: ${name} is no package of a platform: install it`)
      packages[key] = { version, cpu: [processor], optional: true, os: [system], ...(words.includes('musl') ? { libc: ['musl'] } : {}) }
    }
  }
  const names = Object.keys(packages).sort()
  lock.packages = Object.fromEntries(names.map((name) => [name, packages[name]]))
  writeFileSync(path, JSON.stringify(lock, null, 2) + '\n')
}
