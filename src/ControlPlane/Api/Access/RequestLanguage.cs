using Meridian.Primitives;
using Microsoft.AspNetCore.Http;

namespace Meridian.ControlPlane.Api;

/// <summary>The language that a request asks for.</summary>
internal static class RequestLanguage
{
    /// <summary>The language that <c>Accept-Language</c> begins with.</summary>
    public static Language Of(HttpRequest request) => LanguageChoice.Named(request.Headers.AcceptLanguage.ToString());
}
