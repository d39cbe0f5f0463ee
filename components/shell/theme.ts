export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

/** In a cookie, so that the server renders the right one and nothing flashes. */
export const THEME_COOKIE = 'stepgate_theme'
const YEAR_SECONDS = 365 * 24 * 60 * 60

export const toTheme = (value: string | undefined): Theme => THEMES.find((theme) => theme === value) ?? 'system'

export function readTheme(): Theme {
  return toTheme(document.documentElement.dataset['theme'])
}

export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
  document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=${String(YEAR_SECONDS)}; samesite=lax`
}
