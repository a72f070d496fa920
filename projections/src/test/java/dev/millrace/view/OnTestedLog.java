package dev.millrace.view;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIf;

/** A class of tests that need the {@link TestedLog} of the run. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIf(value = "dev.millrace.view.TestedLog#isAvailable", disabledReason = "needs Node.js and npm for a local Kinesis")
@interface OnTestedLog {}
