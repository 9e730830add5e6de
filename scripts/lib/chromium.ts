import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const usualPlaces = (): string[] => {
  switch (process.platform) {
    case 'darwin':
      return [
        '/Applications/Chromium.app/Contents/MacOS/Chromium',
        '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      ]
    case 'win32':
      return [process.env['PROGRAMFILES'], process.env['PROGRAMFILES(X86)'], process.env['LOCALAPPDATA']]
        .filter((folder) => folder !== undefined)
        .map((folder) => `${folder}\\Google\\Chrome\\Application\\chrome.exe`)
    default:
      return [
        '/usr/bin/chromium',
        '/usr/bin/chromium-browser',
        '/usr/bin/google-chrome',
        '/usr/bin/google-chrome-stable',
      ]
  }
}

const installed = (): string | undefined => usualPlaces().find((path) => existsSync(path))

const apt = (...args: string[]): boolean =>
  spawnSync('apt-get', args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  }).status === 0

/** Finds a Chromium, or installs Debian's where this process may; otherwise says what to do. */
export const findChromium = (): string => {
  const named = process.env['CHROMIUM_PATH']
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named
    throw new Error(`CHROMIUM_PATH names ${named}, and no file is there.`)
  }
  const found = installed()
  if (found !== undefined) return found
  const mayInstall =
    process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  if (mayInstall) {
    console.log('Installing Chromium …')
    // The package list of a fresh machine is empty or old: update first.
    if (apt('update') && apt('install', '--yes', '--no-install-recommends', 'chromium')) {
      const path = installed()
      if (path !== undefined) return path
    }
  }
  throw new Error(
    'No Chromium was found. Install one (Debian and Ubuntu: `sudo apt-get install chromium`) or set CHROMIUM_PATH to a Chrome or Chromium binary.',
  )
}
