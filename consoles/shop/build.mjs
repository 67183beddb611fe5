export const plugins = []
