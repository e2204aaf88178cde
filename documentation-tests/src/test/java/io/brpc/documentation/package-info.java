/**
 * Whether README and documents say what is so.
 */
@NullMarked
package io.brpc.documentation;

import org.jspecify.annotations.NullMarked;
