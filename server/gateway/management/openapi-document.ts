export const openApiText = (publicUrl: string): string => publicUrl
