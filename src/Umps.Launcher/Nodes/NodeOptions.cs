using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.Json;
using Umps.Transport;

namespace Umps.Launcher;

/// <summary>The transport's options as the node agent needs them: it makes the node's memory and opens interfaces before any rank can read its configuration.</summary>
/// <remarks>A place after the other, as the ranks read them: umps.json in their working folder, their environment, umpsrun's options. What is wrong is left to the ranks: they check all options together, and
/// say so once. What a program sets itself is not known here.</remarks>
internal sealed class NodeOptions
{
    private const string Section = "Umps:Transport";

    private readonly TransportOptions _options = new();       // of its own: the records in it too
    private List<Option>? _all;

    private NodeOptions()
    {
    }

    /// <summary>Reads them.</summary>
    /// <param name="settings">umpsrun's options as configuration keys and values.</param>
    /// <param name="variables">The ranks' environment.</param>
    /// <param name="folder">Their working folder.</param>
    public static TransportOptions Of(IReadOnlyList<KeyValuePair<string, string>> settings, IReadOnlyDictionary<string, string> variables, string folder)
    {
        var options = new NodeOptions();
        options.Take(InFile(Path.Combine(folder, "umps.json")));
        Dictionary<string, string> place = NewPlace();
        foreach ((string name, string value) in variables)
            if (name.StartsWith("UMPS__", StringComparison.OrdinalIgnoreCase))
                place[name.Replace("__", ":", StringComparison.Ordinal)] = value;
        options.Take(place);
        place = NewPlace();
        foreach ((string key, string value) in settings)
            place[key] = value;
        options.Take(place);
        return options._options;
    }

    private static Dictionary<string, string> NewPlace() => new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What one place says; later places win.</summary>
    private void Take(Dictionary<string, string> place)
    {
        bool any = false;
        foreach (string key in place.Keys)
            any |= key.StartsWith(Section, StringComparison.OrdinalIgnoreCase);
        if (!any)
            return;         // reflection takes as long as the rest of a start
        foreach (Option option in _all ??= [.. Option.Under(_options, Section)])
        {
            if (option.Type is { } type && !option.IsHidden && Texts(place, option.Path, type.IsList) is { } texts && type.TryParse(texts, out object? value))
                option.Set(value, "");
        }
    }

    /// <summary>The value of an option: one text, or those of a list, written with commas or with numbered keys. Null: none.</summary>
    private static string[]? Texts(Dictionary<string, string> place, string path, bool isList)
    {
        if (place.TryGetValue(path, out string? text))
            return isList ? text.Split(',', StringSplitOptions.RemoveEmptyEntries) : [text];
        if (!isList)
            return null;
        List<string> texts = [];
        while (place.TryGetValue(string.Create(CultureInfo.InvariantCulture, $"{path}:{texts.Count}"), out string? element))
            texts.Add(element);
        return texts.Count > 0 ? [.. texts] : null;
    }

    private static Dictionary<string, string> InFile(string path)
    {
        Dictionary<string, string> place = NewPlace();
        if (!File.Exists(path))
            return place;
        try
        {
            var leniently = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };      // as the ranks read it
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), leniently);
            Flatten(document.RootElement, "", place);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException)
        {
            return NewPlace();      // the ranks say so
        }
        return place;
    }

    /// <summary>A key may be nested, or written with colons.</summary>
    private static void Flatten(JsonElement element, string path, Dictionary<string, string> place)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty property in element.EnumerateObject())
                    Flatten(property.Value, path.Length == 0 ? property.Name : $"{path}:{property.Name}", place);
                break;
            case JsonValueKind.Array:
                int index = 0;
                foreach (JsonElement one in element.EnumerateArray())
                    Flatten(one, string.Create(CultureInfo.InvariantCulture, $"{path}:{index++}"), place);
                break;
            case JsonValueKind.Null:
                break;      // not given
            default:
                place[path] = element.ToString();
                break;
        }
    }
}
