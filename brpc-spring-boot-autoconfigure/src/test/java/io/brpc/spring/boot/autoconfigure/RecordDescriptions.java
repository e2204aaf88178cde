package io.brpc.spring.boot.autoconfigure;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import org.jspecify.annotations.Nullable;

/**
 * What the Javadoc of a source file says of the components of its records: the
 * descriptions that the annotation processor takes for the metadata. Immutable.
 */
final class RecordDescriptions {

	private final Map<String, String> descriptions = new TreeMap<>();

	RecordDescriptions(Class<?> source) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		Path file = Path.of("src/main/java", source.getName().replace('.', '/') + ".java");
		try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
			JavacTask task = (JavacTask) compiler.getTask(null, files, null, List.of("-proc:none"), null,
					files.getJavaFileObjects(file));
			for (CompilationUnitTree unit : task.parse()) {
				new Scanner(DocTrees.instance(task)).scan(unit, source.getPackageName());
			}
		}
	}

	/**
	 * Returns the description of a component.
	 */
	String of(Class<?> record, String component) {
		return Objects.requireNonNull(this.descriptions.get(record.getCanonicalName() + "." + component),
				() -> record + " does not describe " + component);
	}

	/**
	 * Visits the classes of a file, with the name of what encloses them.
	 */
	private final class Scanner extends TreePathScanner<@Nullable Void, String> {

		private final DocTrees trees;

		Scanner(DocTrees trees) {
			this.trees = trees;
		}

		@Override
		public @Nullable Void visitClass(ClassTree tree, String enclosing) {
			String name = enclosing + "." + tree.getSimpleName();
			DocCommentTree comment = this.trees.getDocCommentTree(getCurrentPath());
			if (comment != null) {
				comment.getBlockTags()
					.stream()
					.filter(ParamTree.class::isInstance)
					.map(ParamTree.class::cast)
					.forEach((param) -> RecordDescriptions.this.descriptions.put(name + "." + param.getName(),
							param.getDescription()
								.stream()
								.map(Object::toString)
								.collect(Collectors.joining())
								.replaceAll("\\s+", " ")));
			}
			return super.visitClass(tree, name);
		}

	}

}
