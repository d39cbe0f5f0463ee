/** Where the bars lie within a chart, in pixels: what is laid over it has to agree. */
export const PLOT_LEFT = 44
export const PLOT_RIGHT = 8
export const AXIS_HEIGHT = 24
/** Room above the bars for what marks a time. */
export const MARKS_HEIGHT = 28
export const PLOT_TOP = 8
