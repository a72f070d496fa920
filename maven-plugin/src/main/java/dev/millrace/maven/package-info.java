/** The goals of {@code millrace-maven-plugin}: what a build does with the schemas of events. */
@NullMarked
package dev.millrace.maven;

import org.jspecify.annotations.NullMarked;
