package io.brpc.documentation;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Examples of POMs name our modules, and of other people's what this build uses, in the
 * same versions.
 */
final class XmlExamples implements Examples {

	/**
	 * Code generators that this build does not run, by the library that they are released
	 * with.
	 */
	private static final Map<String, String> GENERATORS = Map.of("io.grpc:grpc-kotlin-stub",
			"io.grpc:protoc-gen-grpc-kotlin");

	private final Element parent = parse(withoutDeclaration(Project.read("pom.xml")));

	private final Map<String, String> properties = new TreeMap<>();

	/**
	 * Versions in this build by group and artifact.
	 */
	private final Map<String, String> versions = new TreeMap<>();

	private final List<String> poms = Project.modules()
		.stream()
		.map((module) -> Project.read(module.resolve("pom.xml")))
		.toList();

	XmlExamples() {
		elements(this.parent, "properties").forEach((element) -> children(element)
			.forEach((property) -> this.properties.put(property.getTagName(), property.getTextContent())));
		this.properties.put("project.version", projectVersion());
		collectVersions(this.parent);
		this.poms.forEach((pom) -> collectVersions(parse(withoutDeclaration(pom))));
		GENERATORS.forEach((library, generator) -> this.versions.put(generator, this.versions.get(library)));
	}

	private void collectVersions(Element pom) {
		elements(pom, "artifactId").forEach((artifact) -> {
			String version = sibling(artifact, "version");
			if (!version.isEmpty()) {
				this.versions.put(coordinates(artifact), resolve(version));
			}
		});
	}

	private static String withoutDeclaration(String pom) {
		return pom.replaceFirst("<\\?xml.*\\?>", "");
	}

	String projectVersion() {
		return children(elements(this.parent, "project").get(0)).stream()
			.filter((element) -> element.getTagName().equals("version"))
			.findFirst()
			.orElseThrow()
			.getTextContent();
	}

	@Override
	public void check(Block block) {
		Element example = parse(block.text());
		elements(example, "artifactId").forEach((artifact) -> checkArtifact(block, artifact));
		elements(example, "properties").forEach(
				(element) -> children(element).forEach((property) -> assertThat(this.properties).as(block.toString())
					.containsEntry(property.getTagName(), property.getTextContent())));
		elements(example, "goal").forEach((goal) -> assertThat(this.poms).as(block.toString())
			.anyMatch((pom) -> pom.contains("<goal>" + goal.getTextContent() + "</goal>")));
	}

	private void checkArtifact(Block block, Element artifact) {
		String version = sibling(artifact, "version");
		if (sibling(artifact, "groupId").equals("io.brpc")) {
			assertThat(Project.isModule(artifact.getTextContent())).as("%s: %s", block, coordinates(artifact)).isTrue();
			assertThat(version).as("%s: %s", block, coordinates(artifact)).isEqualTo(projectVersion());
		}
		else {
			assertThat(this.versions).as(block.toString()).containsKey(coordinates(artifact));
			if (!version.isEmpty()) {
				assertThat(this.versions).as(block.toString()).containsEntry(coordinates(artifact), version);
			}
		}
	}

	private String resolve(String version) {
		return version.startsWith("${")
				? this.properties.getOrDefault(version.substring(2, version.length() - 1), version) : version;
	}

	private static String coordinates(Element artifact) {
		return sibling(artifact, "groupId") + ":" + artifact.getTextContent();
	}

	private static String sibling(Element element, String name) {
		return children((Element) element.getParentNode()).stream()
			.filter((child) -> child.getTagName().equals(name))
			.map(Node::getTextContent)
			.findFirst()
			.orElse("");
	}

	private static List<Element> elements(Element parent, String name) {
		return elements(parent.getElementsByTagName(name));
	}

	private static List<Element> children(Element parent) {
		return elements(parent.getChildNodes());
	}

	private static List<Element> elements(NodeList nodes) {
		List<Element> elements = new ArrayList<>();
		for (int i = 0; i < nodes.getLength(); i++) {
			if (nodes.item(i) instanceof Element element) {
				elements.add(element);
			}
		}
		return elements;
	}

	private static Element parse(String fragment) {
		try {
			return DocumentBuilderFactory.newDefaultInstance()
				.newDocumentBuilder()
				.parse(new InputSource(new StringReader("<fragment>" + fragment + "</fragment>")))
				.getDocumentElement();
		}
		catch (SAXException | IOException | ParserConfigurationException ex) {
			throw new AssertionError(fragment, ex);
		}
	}

}
