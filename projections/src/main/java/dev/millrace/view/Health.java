package dev.millrace.view;

/**
 * How a runner is.
 *
 * @param message what is wrong where the state is RETRYING or FAILED, else empty
 */
public record Health(ViewStatus.State state, String message) {}
