package refrain.base;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a component of a record is where a configuration leaves it out. This is the one place in
 * which a default stands; a component without it has to be given.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Default {
  /** A JSON value, such as {@code 0.5}, {@code null} or {@code []}; words go without quotes. */
  String value();
}
