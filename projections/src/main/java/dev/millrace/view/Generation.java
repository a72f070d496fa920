package dev.millrace.view;

import dev.millrace.view.RebuildProgress.Phase;
import java.time.Instant;
import java.util.Optional;

/**
 * A generation of a view.
 *
 * @param live whether it is the one that readers see
 * @param previous whether it was that before the last promotion: a rollback makes it so again
 * @param current whether this definition of the projection made it: who runs this definition can keep it
 * @param filling what its rebuild is at; empty where it was promoted, or never rebuilt
 */
public record Generation(int number, boolean live, boolean previous, boolean current, Optional<Phase> filling,
    Instant createdAt) {}
