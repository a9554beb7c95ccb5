/** The public surface: phases add to it. */
export const version = '1.0.0';
