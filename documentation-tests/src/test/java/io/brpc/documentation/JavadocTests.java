package io.brpc.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every public type, and every method of one that overrides nothing, has Javadoc with its
 * parameters and its result. What is wrong in Javadoc that is there, the build finds
 * itself.
 */
class JavadocTests {

	private static final Set<String> MODULES = Set.of("brpc-core", "brpc-relay", "brpc-spring-boot-autoconfigure",
			"brpc-spring-boot-test");

	@Test
	void nothingIsMissingInWhatApplicationsSee() throws IOException {
		List<String> missing = new ArrayList<>();
		List<Path> sources = sources();
		assertThat(sources).hasSizeGreaterThan(50);
		scan(sources, missing);
		assertThat(missing).isEmpty();
	}

	@Test
	void whatIsMissingIsFound() throws IOException {
		List<String> missing = new ArrayList<>();
		scan(List.of(Path.of("src/test/java/io/brpc/documentation/Undocumented.java")), missing);
		assertThat(missing).containsExactly("Undocumented: no comment", "Undocumented.bare: no comment",
				"Undocumented.half: no @param other", "Undocumented.half: no @return");
	}

	private static List<Path> sources() throws IOException {
		List<Path> sources = new ArrayList<>();
		for (String module : MODULES) {
			try (Stream<Path> paths = Files.walk(Project.ROOT.resolve(module).resolve("src/main/java"))) {
				paths.filter((path) -> path.toString().endsWith(".java"))
					.filter((path) -> !path.toString().contains("/internal/"))
					.filter((path) -> !path.endsWith("package-info.java"))
					.forEach(sources::add);
			}
		}
		return sources;
	}

	private static void scan(List<Path> sources, List<String> missing) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		try (StandardJavaFileManager files = compiler.getStandardFileManager(null, Locale.ROOT, null)) {
			JavacTask task = (JavacTask) compiler.getTask(null, files, null, List.of("-proc:none"), null,
					files.getJavaFileObjectsFromPaths(sources));
			Scanner scanner = new Scanner(DocTrees.instance(task), missing);
			for (CompilationUnitTree unit : task.parse()) {
				scanner.scan(unit, null);
			}
		}
	}

	/**
	 * Visits the types and methods that can be seen from outside, and notes what they
	 * lack.
	 */
	private static final class Scanner extends TreePathScanner<@Nullable Void, @Nullable ClassTree> {

		private final DocTrees trees;

		private final List<String> missing;

		Scanner(DocTrees trees, List<String> missing) {
			this.trees = trees;
			this.missing = missing;
		}

		@Override
		public @Nullable Void visitClass(ClassTree tree, @Nullable ClassTree enclosing) {
			if (isVisible(tree.getModifiers().getFlags(), enclosing)) {
				if (comment() == null) {
					this.missing.add(tree.getSimpleName() + ": no comment");
				}
				super.visitClass(tree, tree);
			}
			return null;
		}

		@Override
		public @Nullable Void visitMethod(MethodTree tree, @Nullable ClassTree enclosing) {
			if (enclosing != null && isVisible(tree.getModifiers().getFlags(), enclosing)
					&& !isDescribedElsewhere(tree, enclosing)) {
				String name = enclosing.getSimpleName() + "." + tree.getName();
				DocCommentTree comment = comment();
				if (comment == null) {
					this.missing.add(name + ": no comment");
				}
				else {
					check(tree, name, comment);
				}
			}
			return null;
		}

		private void check(MethodTree tree, String name, DocCommentTree comment) {
			Set<String> described = comment.getBlockTags()
				.stream()
				.filter(ParamTree.class::isInstance)
				.map((tag) -> ((ParamTree) tag).getName().toString())
				.collect(Collectors.toSet());
			tree.getParameters()
				.stream()
				.map((parameter) -> parameter.getName().toString())
				.filter((parameter) -> !described.contains(parameter))
				.forEach((parameter) -> this.missing.add(name + ": no @param " + parameter));
			boolean returns = tree.getReturnType() != null && !tree.getReturnType().toString().equals("void");
			if (returns && comment.getBlockTags().stream().noneMatch((tag) -> tag.getKind() == DocTree.Kind.RETURN)) {
				this.missing.add(name + ": no @return");
			}
		}

		private @Nullable DocCommentTree comment() {
			return this.trees.getDocCommentTree(getCurrentPath());
		}

		private static boolean isVisible(Set<Modifier> flags, @Nullable ClassTree enclosing) {
			return flags.contains(Modifier.PUBLIC) || flags.contains(Modifier.PROTECTED)
					|| (enclosing != null && isInterface(enclosing) && !flags.contains(Modifier.PRIVATE));
		}

		private static boolean isInterface(ClassTree tree) {
			return tree.getKind() == Tree.Kind.INTERFACE || tree.getKind() == Tree.Kind.ANNOTATION_TYPE;
		}

		/**
		 * Tells whether it is a method that overrides another one, or the constructor of
		 * a record, whose parameters are the record's components.
		 */
		private static boolean isDescribedElsewhere(MethodTree tree, ClassTree enclosing) {
			return (enclosing.getKind() == Tree.Kind.RECORD && tree.getReturnType() == null) || tree.getModifiers()
				.getAnnotations()
				.stream()
				.anyMatch((annotation) -> annotation.getAnnotationType().toString().equals("Override"));
		}

	}

}
