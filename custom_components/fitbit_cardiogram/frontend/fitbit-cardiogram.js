/*! Fitbit to Cardiogram, MIT. Bundled, with their licences in licenses.txt beside this file:
 * Lit, Copyright 2017 Google LLC, BSD-3-Clause; uPlot, Copyright (c) 2022 Leon Sorokin, MIT. */
var e=`fitbit_cardiogram`;function t(e,t){let n=e.entities[t];return n?.platform===`fitbit_cardiogram`&&n.translation_key===`heart_rate`}function n(e){return Object.keys(e.entities).filter(n=>t(e,n))}function r(e,n){let r=t(e,n)?e.entities[n]?.device_id:void 0,i=r?e.devices[r]:void 0;return i&&d(i)}function i(e,n){if(!t(e,n))return!1;let r=e.states[n];return!r||r.state===`unknown`&&!r.attributes.measured_at}function a(e){let t=o(e),n=t.filter(t=>l(e,t).heart_rate?.some(t=>e.states[t]));return n.length&&!e.user?.is_admin?n:t}function o(e){let t=new Set(u(e).map(({device_id:e})=>e));return Object.values(e.devices).filter(e=>t.has(e.id)&&!e.via_device_id&&!e.disabled_by).flatMap(e=>d(e)??[]).sort(m(e))}function s(e,t){let n=e.devices[e.entities[t]?.device_id??t],r=n?.via_device_id??n?.id;return o(e).find(({deviceId:e})=>e===r)}function c(e,{deviceId:t}){return Object.values(e.devices).filter(e=>e.via_device_id===t&&f(e)&&!e.disabled_by).map(e=>({deviceId:e.id,name:p(e)})).sort(m(e))}function l(e,{deviceId:t}){let n={};for(let r of u(e))r.device_id===t&&r.translation_key&&!r.hidden&&(n[r.translation_key]??=[]).push(r.entity_id);return n}function u(t){return Object.values(t.entities).filter(({platform:t})=>t===e)}function d(e){let t=f(e)??e.config_entry_id;return t?{entryId:t,deviceId:e.id,name:p(e)}:void 0}function f(t){return t.identifiers.find(([t])=>t===e)?.[1]}function p(e){return e.name_by_user??e.name??``}function m(e){return(t,n)=>t.name.localeCompare(n.name,e.locale.language)}var h=globalThis,g=h.ShadowRoot&&(h.ShadyCSS===void 0||h.ShadyCSS.nativeShadow)&&`adoptedStyleSheets`in Document.prototype&&`replace`in CSSStyleSheet.prototype,_=Symbol(),v=new WeakMap,y=class{constructor(e,t,n){if(this._$cssResult$=!0,n!==_)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(g&&e===void 0){let n=t!==void 0&&t.length===1;n&&(e=v.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),n&&v.set(t,e))}return e}toString(){return this.cssText}},b=e=>new y(typeof e==`string`?e:e+``,void 0,_),x=(e,...t)=>new y(e.length===1?e[0]:t.reduce((t,n,r)=>t+(e=>{if(!0===e._$cssResult$)return e.cssText;if(typeof e==`number`)return e;throw Error(`Value passed to 'css' function must be a 'css' function result: `+e+`. Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.`)})(n)+e[r+1],e[0]),e,_),S=(e,t)=>{if(g)e.adoptedStyleSheets=t.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let n of t){let t=document.createElement(`style`),r=h.litNonce;r!==void 0&&t.setAttribute(`nonce`,r),t.textContent=n.cssText,e.appendChild(t)}},C=g?e=>e:e=>e instanceof CSSStyleSheet?(e=>{let t=``;for(let n of e.cssRules)t+=n.cssText;return b(t)})(e):e,{is:w,defineProperty:T,getOwnPropertyDescriptor:E,getOwnPropertyNames:D,getOwnPropertySymbols:O,getPrototypeOf:ee}=Object,te=globalThis,k=te.trustedTypes,ne=k?k.emptyScript:``,re=te.reactiveElementPolyfillSupport,ie=(e,t)=>e,ae={toAttribute(e,t){switch(t){case Boolean:e=e?ne:null;break;case Object:case Array:e=e==null?e:JSON.stringify(e)}return e},fromAttribute(e,t){let n=e;switch(t){case Boolean:n=e!==null;break;case Number:n=e===null?null:Number(e);break;case Object:case Array:try{n=JSON.parse(e)}catch{n=null}}return n}},oe=(e,t)=>!w(e,t),se={attribute:!0,type:String,converter:ae,reflect:!1,useDefault:!1,hasChanged:oe};Symbol.metadata??=Symbol(`metadata`),te.litPropertyMetadata??=new WeakMap;var A=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=se){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let n=Symbol(),r=this.getPropertyDescriptor(e,n,t);r!==void 0&&T(this.prototype,e,r)}}static getPropertyDescriptor(e,t,n){let{get:r,set:i}=E(this.prototype,e)??{get(){return this[t]},set(e){this[t]=e}};return{get:r,set(t){let a=r?.call(this);i?.call(this,t),this.requestUpdate(e,a,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??se}static _$Ei(){if(this.hasOwnProperty(ie(`elementProperties`)))return;let e=ee(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(ie(`finalized`)))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(ie(`properties`))){let e=this.properties,t=[...D(e),...O(e)];for(let n of t)this.createProperty(n,e[n])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[e,n]of t)this.elementProperties.set(e,n)}this._$Eh=new Map;for(let[e,t]of this.elementProperties){let n=this._$Eu(e,t);n!==void 0&&this._$Eh.set(n,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let n=new Set(e.flat(1/0).reverse());for(let e of n)t.unshift(C(e))}else e!==void 0&&t.push(C(e));return t}static _$Eu(e,t){let n=t.attribute;return!1===n?void 0:typeof n==`string`?n:typeof e==`string`?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let n of t.keys())this.hasOwnProperty(n)&&(e.set(n,this[n]),delete this[n]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return S(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,n){this._$AK(e,n)}_$ET(e,t){let n=this.constructor.elementProperties.get(e),r=this.constructor._$Eu(e,n);if(r!==void 0&&!0===n.reflect){let i=(n.converter?.toAttribute===void 0?ae:n.converter).toAttribute(t,n.type);this._$Em=e,i==null?this.removeAttribute(r):this.setAttribute(r,i),this._$Em=null}}_$AK(e,t){let n=this.constructor,r=n._$Eh.get(e);if(r!==void 0&&this._$Em!==r){let e=n.getPropertyOptions(r),i=typeof e.converter==`function`?{fromAttribute:e.converter}:e.converter?.fromAttribute===void 0?ae:e.converter;this._$Em=r;let a=i.fromAttribute(t,e.type);this[r]=a??this._$Ej?.get(r)??a,this._$Em=null}}requestUpdate(e,t,n,r=!1,i){if(e!==void 0){let a=this.constructor;if(!1===r&&(i=this[e]),n??=a.getPropertyOptions(e),!((n.hasChanged??oe)(i,t)||n.useDefault&&n.reflect&&i===this._$Ej?.get(e)&&!this.hasAttribute(a._$Eu(e,n))))return;this.C(e,t,n)}!1===this.isUpdatePending&&(this._$ES=this._$EP())}C(e,t,{useDefault:n,reflect:r,wrapped:i},a){n&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,a??t??this[e]),!0!==i||a!==void 0)||(this._$AL.has(e)||(this.hasUpdated||n||(t=void 0),this._$AL.set(e,t)),!0===r&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[e,t]of this._$Ep)this[e]=t;this._$Ep=void 0}let e=this.constructor.elementProperties;if(e.size>0)for(let[t,n]of e){let{wrapped:e}=n,r=this[t];!0!==e||this._$AL.has(t)||r===void 0||this.C(t,void 0,n,r)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(e=>e.hostUpdate?.()),this.update(t)):this._$EM()}catch(t){throw e=!1,this._$EM(),t}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(e){}firstUpdated(e){}};A.elementStyles=[],A.shadowRootOptions={mode:`open`},A[ie(`elementProperties`)]=new Map,A[ie(`finalized`)]=new Map,re?.({ReactiveElement:A}),(te.reactiveElementVersions??=[]).push(`2.1.2`);var j=globalThis,M=e=>e,N=j.trustedTypes,P=N?N.createPolicy(`lit-html`,{createHTML:e=>e}):void 0,F=`$lit$`,ce=`lit$${Math.random().toFixed(9).slice(2)}$`,le=`?`+ce,ue=`<${le}>`,de=document,fe=()=>de.createComment(``),pe=e=>e===null||typeof e!=`object`&&typeof e!=`function`,me=Array.isArray,he=e=>me(e)||typeof e?.[Symbol.iterator]==`function`,ge=`[ 	
\f\r]`,_e=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,ve=/-->/g,ye=/>/g,be=RegExp(`>|${ge}(?:([^\\s"'>=/]+)(${ge}*=${ge}*(?:[^ \t\n\f\r"'\`<>=]|("|')|))|$)`,`g`),xe=/'/g,Se=/"/g,Ce=/^(?:script|style|textarea|title)$/i,I=e=>(t,...n)=>({_$litType$:e,strings:t,values:n}),L=I(1),we=I(2),Te=Symbol.for(`lit-noChange`),R=Symbol.for(`lit-nothing`),Ee=new WeakMap,De=de.createTreeWalker(de,129);function Oe(e,t){if(!me(e)||!e.hasOwnProperty(`raw`))throw Error(`invalid template strings array`);return P===void 0?t:P.createHTML(t)}var ke=(e,t)=>{let n=e.length-1,r=[],i,a=t===2?`<svg>`:t===3?`<math>`:``,o=_e;for(let t=0;t<n;t++){let n=e[t],s,c,l=-1,u=0;for(;u<n.length&&(o.lastIndex=u,c=o.exec(n),c!==null);)u=o.lastIndex,o===_e?c[1]===`!--`?o=ve:c[1]===void 0?c[2]===void 0?c[3]!==void 0&&(o=be):(Ce.test(c[2])&&(i=RegExp(`</`+c[2],`g`)),o=be):o=ye:o===be?c[0]===`>`?(o=i??_e,l=-1):c[1]===void 0?l=-2:(l=o.lastIndex-c[2].length,s=c[1],o=c[3]===void 0?be:c[3]===`"`?Se:xe):o===Se||o===xe?o=be:o===ve||o===ye?o=_e:(o=be,i=void 0);let d=o===be&&e[t+1].startsWith(`/>`)?` `:``;a+=o===_e?n+ue:l>=0?(r.push(s),n.slice(0,l)+F+n.slice(l)+ce+d):n+ce+(l===-2?t:d)}return[Oe(e,a+(e[n]||`<?>`)+(t===2?`</svg>`:t===3?`</math>`:``)),r]},Ae=class e{constructor({strings:t,_$litType$:n},r){let i;this.parts=[];let a=0,o=0,s=t.length-1,c=this.parts,[l,u]=ke(t,n);if(this.el=e.createElement(l,r),De.currentNode=this.el.content,n===2||n===3){let e=this.el.content.firstChild;e.replaceWith(...e.childNodes)}for(;(i=De.nextNode())!==null&&c.length<s;){if(i.nodeType===1){if(i.hasAttributes())for(let e of i.getAttributeNames())if(e.endsWith(F)){let t=u[o++],n=i.getAttribute(e).split(ce),r=/([.?@])?(.*)/.exec(t);c.push({type:1,index:a,name:r[2],strings:n,ctor:r[1]===`.`?Fe:r[1]===`?`?Ie:r[1]===`@`?Le:Pe}),i.removeAttribute(e)}else e.startsWith(ce)&&(c.push({type:6,index:a}),i.removeAttribute(e));if(Ce.test(i.tagName)){let e=i.textContent.split(ce),t=e.length-1;if(t>0){i.textContent=N?N.emptyScript:``;for(let n=0;n<t;n++)i.append(e[n],fe()),De.nextNode(),c.push({type:2,index:++a});i.append(e[t],fe())}}}else if(i.nodeType===8){if(i.data===le)c.push({type:2,index:a});else{let e=-1;for(;(e=i.data.indexOf(ce,e+1))!==-1;)c.push({type:7,index:a}),e+=ce.length-1}}a++}}static createElement(e,t){let n=de.createElement(`template`);return n.innerHTML=e,n}};function je(e,t,n=e,r){if(t===Te)return t;let i=r===void 0?n._$Cl:n._$Co?.[r],a=pe(t)?void 0:t._$litDirective$;return i?.constructor!==a&&(i?._$AO?.(!1),a===void 0?i=void 0:(i=new a(e),i._$AT(e,n,r)),r===void 0?n._$Cl=i:(n._$Co??=[])[r]=i),i!==void 0&&(t=je(e,i._$AS(e,t.values),i,r)),t}var Me=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:n}=this._$AD,r=(e?.creationScope??de).importNode(t,!0);De.currentNode=r;let i=De.nextNode(),a=0,o=0,s=n[0];for(;s!==void 0;){if(a===s.index){let t;s.type===2?t=new Ne(i,i.nextSibling,this,e):s.type===1?t=new s.ctor(i,s.name,s.strings,this,e):s.type===6&&(t=new Re(i,this,e)),this._$AV.push(t),s=n[++o]}a!==s?.index&&(i=De.nextNode(),a++)}return De.currentNode=de,r}p(e){let t=0;for(let n of this._$AV)n!==void 0&&(n.strings===void 0?n._$AI(e[t]):(n._$AI(e,n,t),t+=n.strings.length-2)),t++}},Ne=class e{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,n,r){this.type=2,this._$AH=R,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=n,this.options=r,this._$Cv=r?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=je(this,e,t),pe(e)?e===R||e==null||e===``?(this._$AH!==R&&this._$AR(),this._$AH=R):e!==this._$AH&&e!==Te&&this._(e):e._$litType$===void 0?e.nodeType===void 0?he(e)?this.k(e):this._(e):this.T(e):this.$(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==R&&pe(this._$AH)?this._$AA.nextSibling.data=e:this.T(de.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:n}=e,r=typeof n==`number`?this._$AC(e):(n.el===void 0&&(n.el=Ae.createElement(Oe(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===r)this._$AH.p(t);else{let e=new Me(r,this),n=e.u(this.options);e.p(t),this.T(n),this._$AH=e}}_$AC(e){let t=Ee.get(e.strings);return t===void 0&&Ee.set(e.strings,t=new Ae(e)),t}k(t){me(this._$AH)||(this._$AH=[],this._$AR());let n=this._$AH,r,i=0;for(let a of t)i===n.length?n.push(r=new e(this.O(fe()),this.O(fe()),this,this.options)):r=n[i],r._$AI(a),i++;i<n.length&&(this._$AR(r&&r._$AB.nextSibling,i),n.length=i)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let t=M(e).nextSibling;M(e).remove(),e=t}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},Pe=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,n,r,i){this.type=1,this._$AH=R,this._$AN=void 0,this.element=e,this.name=t,this._$AM=r,this.options=i,n.length>2||n[0]!==``||n[1]!==``?(this._$AH=Array(n.length-1).fill(new String),this.strings=n):this._$AH=R}_$AI(e,t=this,n,r){let i=this.strings,a=!1;if(i===void 0)e=je(this,e,t,0),a=!pe(e)||e!==this._$AH&&e!==Te,a&&(this._$AH=e);else{let r=e,o,s;for(e=i[0],o=0;o<i.length-1;o++)s=je(this,r[n+o],t,o),s===Te&&(s=this._$AH[o]),a||=!pe(s)||s!==this._$AH[o],s===R?e=R:e!==R&&(e+=(s??``)+i[o+1]),this._$AH[o]=s}a&&!r&&this.j(e)}j(e){e===R?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??``)}},Fe=class extends Pe{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===R?void 0:e}},Ie=class extends Pe{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==R)}},Le=class extends Pe{constructor(e,t,n,r,i){super(e,t,n,r,i),this.type=5}_$AI(e,t=this){if((e=je(this,e,t,0)??R)===Te)return;let n=this._$AH,r=e===R&&n!==R||e.capture!==n.capture||e.once!==n.once||e.passive!==n.passive,i=e!==R&&(n===R||r);r&&this.element.removeEventListener(this.name,this,n),i&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH==`function`?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},Re=class{constructor(e,t,n){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(e){je(this,e)}},ze={M:F,P:ce,A:le,C:1,L:ke,R:Me,D:he,V:je,I:Ne,H:Pe,N:Ie,U:Le,B:Fe,F:Re},Be=j.litHtmlPolyfillSupport;Be?.(Ae,Ne),(j.litHtmlVersions??=[]).push(`3.3.3`);var Ve=(e,t,n)=>{let r=n?.renderBefore??t,i=r._$litPart$;if(i===void 0){let e=n?.renderBefore??null;r._$litPart$=i=new Ne(t.insertBefore(fe(),e),e,void 0,n??{})}return i._$AI(e),i},He=globalThis,Ue=class extends A{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=Ve(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return Te}};Ue._$litElement$=!0,Ue.finalized=!0,He.litElementHydrateSupport?.({LitElement:Ue});var We=He.litElementPolyfillSupport;We?.({LitElement:Ue}),(He.litElementVersions??=[]).push(`4.2.2`);var Ge={attribute:!0,type:String,converter:ae,reflect:!1,hasChanged:oe},Ke=(e=Ge,t,n)=>{let{kind:r,metadata:i}=n,a=globalThis.litPropertyMetadata.get(i);if(a===void 0&&globalThis.litPropertyMetadata.set(i,a=new Map),r===`setter`&&((e=Object.create(e)).wrapped=!0),a.set(n.name,e),r===`accessor`){let{name:r}=n;return{set(n){let i=t.get.call(this);t.set.call(this,n),this.requestUpdate(r,i,e,!0,n)},init(t){return t!==void 0&&this.C(r,void 0,e,t),t}}}if(r===`setter`){let{name:r}=n;return function(n){let i=this[r];t.call(this,n),this.requestUpdate(r,i,e,!0,n)}}throw Error(`Unsupported decorator location: `+r)};function qe(e){return(t,n)=>typeof n==`object`?Ke(e,t,n):((e,t,n)=>{let r=t.hasOwnProperty(n);return t.constructor.createProperty(n,e),r?Object.getOwnPropertyDescriptor(t,n):void 0})(e,t,n)}function z(e){return qe({...e,state:!0,attribute:!1})}var Je=(e,t,n)=>(n.configurable=!0,n.enumerable=!0,Reflect.decorate&&typeof t!=`object`&&Object.defineProperty(e,t,n),n);function Ye(e,t){return(n,r,i)=>{let a=t=>t.renderRoot?.querySelector(e)??null;if(t){let{get:e,set:t}=typeof r==`object`?n:i??(()=>{let e=Symbol();return{get(){return this[e]},set(t){this[e]=t}}})();return Je(n,r,{get(){let n=e.call(this);return n===void 0&&(n=a(this),(n!==null||this.hasUpdated)&&t.call(this,n)),n}})}return Je(n,r,{get(){return a(this)}})}}var Xe={card_name:`Herzfrequenz-Verlauf`,card_description:`Herzfrequenz von einer Minute bis zu einem Jahr: jeder Messwert, Zonen, Ruhepuls und Alarme.`,title:`Herzfrequenz`,bpm:`bpm`,lowest:`Tiefster`,mean:`Mittel`,highest:`Höchster`,resting:`Ruhepuls`,usual:`wie üblich`,usual_lower:`{difference} tiefer als üblich`,usual_higher:`{difference} höher als üblich`,newest:`Neuester`,light:`Leicht`,moderate:`Moderat`,vigorous:`Intensiv`,peak:`Spitze`,range_1h:`Stunde`,range_24h:`Tag`,range_7d:`Woche`,range_30d:`Monat`,range_1y:`Jahr`,name_1h:`Eine Stunde`,name_6h:`6 Stunden`,name_12h:`12 Stunden`,name_24h:`24 Stunden`,name_3d:`3 Tage`,name_7d:`7 Tage`,name_30d:`30 Tage`,name_90d:`90 Tage`,name_1y:`Ein Jahr`,ranges:`Zeitraum`,back:`Zurück`,forward:`Vor`,now:`Jetzt`,alert_high:`{time} lang über {limit}, bis {extreme}`,alert_low:`{time} lang unter {limit}, bis {extreme}`,resting_line:`Ruhepuls {bpm}`,sum_range:`{lowest} bis {highest}, Mittel {mean}`,peak_recovery:`max. {highest}, {change} in 1 min`,band_of_days:`Linie: Tagesmittel. Band: Bereich von 80 % der Stundenmittel (10–90 %).`,day_resting:`Ruhepuls {bpm}`,day_hours:`Stundenmittel: {low} bis {high} (10–90 %)`,day_ends:`Tiefster {lowest}, höchster {highest}`,hours_high:`Stunden über der Grenze: {count}`,hours_low:`Stunden unter der Grenze: {count}`,alert_high_hours:`Über {limit} innerhalb von {time}, bis {extreme}`,alert_low_hours:`Unter {limit} innerhalb von {time}, bis {extreme}`,sessions:`Trainings und Schlaf`,workout_running:`läuft noch`,workout_zones:`Zeit in Zonen während des Trainings`,close_session:`Zurück zum ganzen Verlauf`,recovery:`Erholung, 1 min`,recovery_120:`Erholung, 2 min`,night:`Nacht`,nap:`Nickerchen`,sleep_running:`noch nicht vorbei`,asleep:`Geschlafen`,asleep_for:`{time} geschlafen`,sleeping:`Schlafpuls`,dip:`Absenkung`,stages:`Zeit in jeder Schlafphase`,stage_awake:`Wach`,stage_restless:`Unruhig`,stage_rem:`REM`,stage_light:`Leicht`,stage_asleep:`Schlafend`,stage_deep:`Tief`,stage_unknown:`Unbekannt`,exercise_running:`Laufen`,exercise_walking:`Gehen`,exercise_biking:`Radfahren`,exercise_hiking:`Wandern`,exercise_swimming:`Schwimmen`,exercise_yoga:`Yoga`,exercise_strength_training:`Krafttraining`,exercise_rowing:`Rudern`,exercise_skiing:`Skifahren`,exercise_dancing:`Tanzen`,exercise_workout:`Training`,exercise_cardio_workout:`Aktivität`,exercise_other:`Anderes`,exercise_meditate:`Meditation`,wheel_hint:`Zum Zoomen Strg + Mausrad, oder erst klicken`,wheel_hint_mac:`Zum Zoomen ⌘ + Mausrad, oder erst klicken`,chart:`Diagramm`,keys:`Die Pfeiltasten gehen am Verlauf entlang, Plus und Minus zoomen, Pos1 und Ende gehen zu den Rändern, Bild auf und Bild ab zum Zeitraum davor und danach, Escape setzt zurück.`,summary:`Herzfrequenz von {name}, {period}: tiefste {lowest}, mittlere {mean}, höchste {highest} Schläge pro Minute.`,summary_resting:`Ruhepuls {resting}.`,summary_workouts:`Trainings: {count}.`,summary_sleep:`Schlafzeiten: {count}.`,summary_newest:`Neuester Wert: {value}, {time}.`,summary_nothing:`Herzfrequenz von {name}, {period}: keine.`,cursor_value:`{time}: {value}`,cursor_range:`{time}: {min} bis {max}, im Mittel {mean}`,nothing_here:`Keine Herzfrequenz in diesem Zeitraum.`,nothing_yet:`Noch keine Herzfrequenz.`,newest_from:`Die neueste ist von {time}.`,go_there:`Dorthin`,sleep_lacks:`Der Schlaf wird nicht gelesen: Der Anmeldung fehlt die Berechtigung.`,open_account:`Konto öffnen`,hide:`Nicht mehr anzeigen`,choose:`Wähle die Herzfrequenz eines Kontos.`,no_account:`„{entity}“ ist nicht die Herzfrequenz eines Kontos von Fitbit to Cardiogram.`,no_entity:`Die Entität „{entity}“ gibt es nicht.`,error_unauthorized:`Du darfst diese Herzfrequenz nicht sehen. Ein Administrator kann es erlauben.`,error_not_found:`Dieses Konto ist im Moment nicht eingerichtet.`,error_home_assistant_error:`Die Herzfrequenz kann im Moment nicht gelesen werden.`,error_other:`Die Herzfrequenz konnte nicht geladen werden.`,field_entity:`Herzfrequenz`,help_entity:`Die Herzfrequenz eines Kontos.`,field_title:`Titel`,help_title:`Der Name des Kontos, solange hier nichts steht.`,field_range:`Zeitraum`,help_range:`Was die Karte zuerst zeigt: 24 Stunden, solange hier nichts steht.`,field_height:`Höhe des Diagramms`,help_height:`Sonst richtet sie sich nach dem Platz.`,field_show:`Anzeigen`,field_zones:`Herzfrequenzzonen`,help_zones:`Die Farben der Linie, eine Skala am Rand und die Zeit in jeder Zone.`,field_resting:`Ruhepuls`,field_alerts:`Alarme`,help_alerts:`Abschnitte über oder unter den Grenzen aus den Optionen des Kontos.`,field_workouts:`Trainings`,help_workouts:`Bänder mit der Sportart. Wähle eines, um Herzfrequenz, Zonen und Erholung zu sehen.`,field_sleep:`Schlaf`,help_sleep:`Ruhige Bänder über bis zu einer Woche. Wähle eine Nacht, um ihre Schlafphasen und ihre Herzfrequenz zu sehen.`,field_band:`Tiefster bis höchster`,help_band:`Ein Band um die Linie, wo ein Punkt für viele Messwerte steht.`,dashboard_name:`Fitbit-Herzfrequenz`,dashboard_description:`Für jedes Konto: zuerst die Person, der Tag im Diagramm, die letzten Wochen und die Weiterleitung. Ganz ohne Einrichtung.`,add_account:`Es gibt noch kein Konto von Fitbit to Cardiogram. [Füge eines hinzu]({link}), dann ist seine Herzfrequenz hier zu sehen.`,no_account_yet:`Es gibt noch kein Konto von Fitbit to Cardiogram. Ein Administrator kann eines hinzufügen.`,field_accounts:`Konten`,help_accounts:`Die eine Ansicht haben, in dieser Reihenfolge. Wählst du keines, haben alle eine.`,hero_name:`Herzfrequenz einer Person`,hero_description:`Wie das Herz jetzt schlägt, die letzte Nacht, die Werte neben dem Üblichen, und warum etwas fehlt.`,weeks_name:`Herzfrequenz der letzten Wochen`,weeks_description:`Verläufe, ein Jahr in Tagen und die letzten Trainings.`,forwarding_name:`Weiterleitung der Herzfrequenz`,forwarding_description:`Eine Zeile je Ziel, Alarme, Import und Export.`,everyone:`Alle`,last_night:`Letzte Nacht`,night_to:`Nacht auf {day}`,lowest_at:`tiefster Wert {bpm} um {time}`,variability:`Variabilität`,week:`Zonenminuten`,week_goal:`diese Woche, von {goal}`,why_not_set_up:`Dieses Konto läuft zurzeit nicht.`,why_sign_in:`{source} verlangt eine neue Anmeldung. Bis dahin kommt nichts Neues.`,why_repair:`Bevor neue Herzfrequenzen kommen, ist etwas in Ordnung zu bringen.`,why_unreachable:`{source} antwortet seit {time} nicht. Es wird von selbst wieder versucht.`,why_importing:`Die Vergangenheit wird importiert: {percent}. Du musst nicht hier bleiben.`,why_nothing_yet:`Noch keine Herzfrequenz. Sie kommt, sobald das Armband mit der Fitbit-App synchronisiert hat.`,why_not_synced:`Letzte Synchronisation des Armbands: {time}. Öffne die Fitbit-App, damit der Rest kommt.`,why_not_worn:`Das Armband hat synchronisiert, aber seit {time} nichts gemessen. Wird es getragen?`,why_begins:`Von vor dem {day} ist nichts bekannt.`,sign_in:`Anmelden`,fix:`Beheben`,import_past:`Vergangenheit importieren`,alert_me:`Warne mich`,export:`Exportieren`,actions:`Was du tun kannst`,details:`Einzelheiten`,trouble:`nicht zugestellt`,tried_again:`nächster Versuch {time}`,waiting:`{count} ausstehend`,refused:`{count} abgelehnt`,on_the_way:`{count} unterwegs`,waits_for_hand:`{count} ausstehend, die automatische Weiterleitung ist aus`,nothing_sent:`noch nichts zu senden`,all_sent:`alles gesendet ({count}), {time}`,days_failed:`Die letzten Wochen können im Moment nicht gelesen werden.`,resting_long:`Ruhepuls`,variability_long:`Variabilität in der Nacht`,week_mean:`Mittel aus sieben Tagen {mean} {unit}`,trend_summary:`{what}, {days}: von {low} bis {high} {unit}. Mit den Pfeiltasten von Tag zu Tag.`,year:`Ein Jahr Ruhepuls`,year_summary:`{usual} Tage wie üblich, {lower} darunter, {higher} darüber`,lower:`niedriger`,higher:`höher als üblich`,workouts:`Trainings`,workout_rates:`Mittel {mean}, max. {highest}`,workout_recovery:`{drop} in der Minute danach`,cancel:`Abbrechen`,save:`Speichern`,import:`Importieren`,failed:`Das hat nicht geklappt. Vielleicht steht im Protokoll von Home Assistant, warum.`,alert_after:`Du wirst gewarnt, wenn die Herzfrequenz {minutes} Minuten lang jenseits einer Grenze bleibt.`,limit_high:`Obere Grenze (bpm)`,limit_low:`Untere Grenze (bpm)`,limits_crossed:`Die untere Grenze muss unter der oberen liegen.`,limit_needed:`Gib zuerst eine Grenze ein.`,tell_whom:`Melden an`,tell_here:`In Home Assistant anzeigen`,alert_note:`Herzfrequenzen kommen Minuten bis Stunden verspätet. Verlass dich nie darauf, wenn es um die Gesundheit geht.`,alert_changes:`Das ändert deine Automatisierung „{name}“.`,alert_alias:`Herzfrequenzalarm für {account}`,tell_high:`Herzfrequenz über {limit}, bis {extreme}`,tell_low:`Herzfrequenz unter {limit}, bis {extreme}`,alert_kept:`Du wirst gewarnt.`,alert_removed:`Du wirst nicht mehr gewarnt.`,past_explained:`Ältere Herzfrequenzen, Nächte und Trainings werden nach und nach gelesen, die neuesten zuerst. Ein Ziel bekommt davon nur, was du für es gewählt hast.`,past_how_far:`Wie weit zurück`,past_90:`Drei Monate`,past_365:`Ein Jahr`,past_1825:`Fünf Jahre`,past_begun:`Der Import hat begonnen.`,this_week:`diese Woche`,field_newest:`Neuester Wert`,help_newest:`Oben die neueste Herzfrequenz und der Ruhepuls.`},Ze={card_name:`Heart rate chart`,card_description:`Heart rate from a minute to a year: every sample, zones, resting heart rate and alerts.`,title:`Heart rate`,bpm:`bpm`,lowest:`Lowest`,mean:`Mean`,highest:`Highest`,resting:`Resting`,usual:`as usual`,usual_lower:`{difference} below your usual`,usual_higher:`{difference} above your usual`,newest:`Newest`,light:`Light`,moderate:`Moderate`,vigorous:`Vigorous`,peak:`Peak`,range_1h:`Hour`,range_24h:`Day`,range_7d:`Week`,range_30d:`Month`,range_1y:`Year`,name_1h:`One hour`,name_6h:`6 hours`,name_12h:`12 hours`,name_24h:`24 hours`,name_3d:`3 days`,name_7d:`7 days`,name_30d:`30 days`,name_90d:`90 days`,name_1y:`One year`,ranges:`Range`,back:`Back`,forward:`Forward`,now:`Now`,alert_high:`Above {limit} for {time}, up to {extreme}`,alert_low:`Below {limit} for {time}, down to {extreme}`,resting_line:`resting {bpm}`,sum_range:`{lowest} to {highest}, mean {mean}`,peak_recovery:`max {highest}, {change} in 1 min`,band_of_days:`Line: daily mean. Band: where 80 % of the hourly means lie (10–90 %).`,day_resting:`Resting {bpm}`,day_hours:`Hourly means: {low} to {high} (10–90 %)`,day_ends:`Lowest {lowest}, highest {highest}`,hours_high:`Hours above the limit: {count}`,hours_low:`Hours below the limit: {count}`,alert_high_hours:`Above {limit} within {time}, up to {extreme}`,alert_low_hours:`Below {limit} within {time}, down to {extreme}`,sessions:`Workouts and sleep`,workout_running:`still running`,workout_zones:`Time in zones during the workout`,close_session:`Back to the whole curve`,recovery:`Recovery, 1 min`,recovery_120:`Recovery, 2 min`,night:`Night`,nap:`Nap`,sleep_running:`not over yet`,asleep:`Time asleep`,asleep_for:`Asleep {time}`,sleeping:`Mean asleep`,dip:`Dip`,stages:`Time in each stage of sleep`,stage_awake:`Awake`,stage_restless:`Restless`,stage_rem:`REM`,stage_light:`Light`,stage_asleep:`Asleep`,stage_deep:`Deep`,stage_unknown:`Unknown`,exercise_running:`Run`,exercise_walking:`Walk`,exercise_biking:`Bike ride`,exercise_hiking:`Hike`,exercise_swimming:`Swim`,exercise_yoga:`Yoga`,exercise_strength_training:`Strength training`,exercise_rowing:`Rowing`,exercise_skiing:`Skiing`,exercise_dancing:`Dancing`,exercise_workout:`Workout`,exercise_cardio_workout:`Activity`,exercise_other:`Other`,exercise_meditate:`Meditation`,wheel_hint:`Ctrl + scroll, or click first, to zoom`,wheel_hint_mac:`⌘ + scroll, or click first, to zoom`,chart:`chart`,keys:`Arrow keys move along the chart, plus and minus zoom, Home and End go to its edges, Page up and Page down show the time range before or after, Escape resets.`,summary:`Heart rate of {name}, {period}: lowest {lowest}, mean {mean}, highest {highest} beats per minute.`,summary_resting:`Resting heart rate {resting}.`,summary_workouts:`Workouts: {count}.`,summary_sleep:`Times of sleep: {count}.`,summary_newest:`Newest: {value}, {time}.`,summary_nothing:`Heart rate of {name}, {period}: none.`,cursor_value:`{time}: {value}`,cursor_range:`{time}: {min} to {max}, mean {mean}`,nothing_here:`No heart rate in this time range.`,nothing_yet:`No heart rate yet.`,newest_from:`The newest is from {time}.`,go_there:`Go there`,sleep_lacks:`Sleep is not read: the sign-in lacks the permission.`,open_account:`Open the account`,hide:`Do not show this again`,choose:`Choose the heart rate sensor of an account.`,no_account:`“{entity}” is not the heart rate sensor of an account of Fitbit to Cardiogram.`,no_entity:`The entity “{entity}” does not exist.`,error_unauthorized:`You may not see this heart rate. An administrator can allow it.`,error_not_found:`This account is not set up at the moment.`,error_home_assistant_error:`The heart rates cannot be read at the moment.`,error_other:`The heart rates could not be loaded.`,field_entity:`Heart rate`,help_entity:`The heart rate sensor of an account.`,field_title:`Title`,help_title:`Leave it empty to show the account's name.`,field_range:`Range`,help_range:`The time range that the card shows at first. The default is 24 hours.`,field_height:`Height of the chart`,help_height:`In pixels. Leave it empty to fit the space of the card.`,field_show:`Show`,field_zones:`Heart rate zones`,help_zones:`The line's colours, a scale at the edge, and the time in each zone.`,field_resting:`Resting heart rate`,field_alerts:`Alerts`,help_alerts:`Periods above or below the limits in the account's options.`,field_workouts:`Workouts`,help_workouts:`Bands with the kind of exercise. Choose one to see its heart rate, zones and recovery.`,field_sleep:`Sleep`,help_sleep:`Quiet bands over up to a week. Choose a night to see its stages and its heart rate.`,field_band:`Lowest to highest`,help_band:`A band around the line, where one point stands for many samples.`,dashboard_name:`Fitbit heart rate`,dashboard_description:`For each account: the person first, the day on the chart, the last weeks, and the forwarding. It needs no configuration.`,add_account:`There is no account of Fitbit to Cardiogram yet. [Add one]({link}), and its heart rate is shown here.`,no_account_yet:`There is no account of Fitbit to Cardiogram yet. An administrator can add one.`,field_accounts:`Accounts`,help_accounts:`The accounts that get a view, in this order. If you choose none, all accounts get one.`,hero_name:`Heart rate of a person`,hero_description:`How the heart is now, last night, the values beside your usual, and why something is missing.`,weeks_name:`Heart rate of the last weeks`,weeks_description:`Trends, a year of days, and the last workouts.`,forwarding_name:`Heart rate forwarding`,forwarding_description:`A line for each destination, alerts, import and export.`,everyone:`Everyone`,last_night:`Last night`,night_to:`Night to {day}`,lowest_at:`lowest {bpm} at {time}`,variability:`Variability`,week:`Zone minutes`,week_goal:`this week, of {goal}`,why_not_set_up:`This account is not running at the moment.`,why_sign_in:`{source} asks for a new sign-in. Nothing new comes in until then.`,why_repair:`Something has to be mended before new heart rates come in.`,why_unreachable:`{source} has not answered since {time}. It is tried again by itself.`,why_importing:`The past is being imported: {percent}. You need not stay here.`,why_nothing_yet:`No heart rate yet. It comes after the band has synced with the Fitbit app.`,why_not_synced:`Last sync of the band: {time}. Open the Fitbit app to bring in what came since.`,why_not_worn:`The band has synced, but has measured nothing since {time}. Is it being worn?`,why_begins:`Nothing is known from before {day}.`,sign_in:`Sign in`,fix:`Fix`,import_past:`Import the past`,alert_me:`Alert me`,export:`Export`,actions:`What you can do`,details:`Details`,trouble:`not delivered`,tried_again:`next try {time}`,waiting:`{count} waiting`,refused:`{count} refused`,on_the_way:`{count} on the way`,waits_for_hand:`{count} waiting, automatic forwarding is off`,nothing_sent:`nothing to send yet`,all_sent:`all sent ({count}), {time}`,days_failed:`The last weeks cannot be read at the moment.`,resting_long:`Resting heart rate`,variability_long:`Variability at night`,week_mean:`seven-day mean {mean} {unit}`,trend_summary:`{what}, {days}: from {low} to {high} {unit}. Arrow keys go from day to day.`,year:`A year of resting heart rate`,year_summary:`{usual} days as usual, {lower} below, {higher} above`,lower:`lower`,higher:`higher than usual`,workouts:`Workouts`,workout_rates:`mean {mean}, max {highest}`,workout_recovery:`{drop} in the minute after`,cancel:`Cancel`,save:`Save`,import:`Import`,failed:`That did not work. Home Assistant’s log may say why.`,alert_after:`You are told when the heart rate stays beyond a limit for {minutes} minutes.`,limit_high:`High limit (bpm)`,limit_low:`Low limit (bpm)`,limits_crossed:`The low limit must be below the high limit.`,limit_needed:`Enter a limit first.`,tell_whom:`Tell me`,tell_here:`In Home Assistant`,alert_note:`Heart rates come minutes to hours late. Never rely on it where health is at stake.`,alert_changes:`This changes your automation “{name}”.`,alert_alias:`Heart rate alert for {account}`,tell_high:`Heart rate above {limit}, up to {extreme}`,tell_low:`Heart rate below {limit}, down to {extreme}`,alert_kept:`You will be told.`,alert_removed:`You are no longer told.`,past_explained:`Older heart rates, nights and workouts are read little by little, newest first. A destination is sent only what you chose for it.`,past_how_far:`How far back`,past_90:`Three months`,past_365:`One year`,past_1825:`Five years`,past_begun:`The import has begun.`,this_week:`this week`,field_newest:`Newest value`,help_newest:`The newest heart rate and the resting heart rate at the top.`},Qe={en:Ze,de:Xe,es:{card_name:`Gráfico de frecuencia cardíaca`,card_description:`La frecuencia cardíaca desde un minuto hasta un año: cada latido, las zonas, la frecuencia en reposo y las alertas.`,title:`Frecuencia cardíaca`,bpm:`bpm`,lowest:`Mínima`,mean:`Media`,highest:`Máxima`,resting:`En reposo`,usual:`como de costumbre`,usual_lower:`{difference} por debajo de lo habitual`,usual_higher:`{difference} por encima de lo habitual`,newest:`La más reciente`,light:`Ligera`,moderate:`Moderada`,vigorous:`Intensa`,peak:`Pico`,range_1h:`Hora`,range_24h:`Día`,range_7d:`Semana`,range_30d:`Mes`,range_1y:`Año`,name_1h:`Una hora`,name_6h:`6 horas`,name_12h:`12 horas`,name_24h:`24 horas`,name_3d:`3 días`,name_7d:`7 días`,name_30d:`30 días`,name_90d:`90 días`,name_1y:`Un año`,ranges:`Periodo`,back:`Atrás`,forward:`Adelante`,now:`Ahora`,alert_high:`Por encima de {limit} durante {time}, hasta {extreme}`,alert_low:`Por debajo de {limit} durante {time}, hasta {extreme}`,resting_line:`en reposo {bpm}`,sum_range:`{lowest} a {highest}, media {mean}`,peak_recovery:`máx. {highest}, {change} en 1 min`,band_of_days:`Línea: media diaria. Banda: donde está el 80 % de las medias por hora (10–90 %).`,day_resting:`En reposo {bpm}`,day_hours:`Medias por hora: {low} a {high} (10–90 %)`,day_ends:`Mínima {lowest}, máxima {highest}`,hours_high:`Horas por encima del límite: {count}`,hours_low:`Horas por debajo del límite: {count}`,alert_high_hours:`Por encima de {limit} en {time}, hasta {extreme}`,alert_low_hours:`Por debajo de {limit} en {time}, hasta {extreme}`,sessions:`Entrenamientos y sueño`,workout_running:`aún en curso`,workout_zones:`Tiempo en las zonas durante el entrenamiento`,close_session:`Volver a la curva entera`,recovery:`Recuperación, 1 min`,recovery_120:`Recuperación, 2 min`,night:`Noche`,nap:`Siesta`,sleep_running:`aún no ha terminado`,asleep:`Tiempo dormido`,asleep_for:`Sueño {time}`,sleeping:`Media al dormir`,dip:`Descenso`,stages:`Tiempo en cada fase del sueño`,stage_awake:`Despierto`,stage_restless:`Inquieto`,stage_rem:`REM`,stage_light:`Ligero`,stage_asleep:`Dormido`,stage_deep:`Profundo`,stage_unknown:`Desconocida`,exercise_running:`Carrera`,exercise_walking:`Caminata`,exercise_biking:`Bicicleta`,exercise_hiking:`Senderismo`,exercise_swimming:`Natación`,exercise_yoga:`Yoga`,exercise_strength_training:`Fuerza`,exercise_rowing:`Remo`,exercise_skiing:`Esquí`,exercise_dancing:`Baile`,exercise_workout:`Entrenamiento`,exercise_cardio_workout:`Actividad`,exercise_other:`Otro`,exercise_meditate:`Meditación`,wheel_hint:`Zoom: Ctrl + rueda, o haz clic primero`,wheel_hint_mac:`Zoom: ⌘ + rueda, o haz clic primero`,chart:`gráfico`,keys:`Las flechas recorren el gráfico, más y menos amplían y reducen, Inicio y Fin van a sus bordes, Re Pág y Av Pág al periodo anterior y al siguiente, Escape restablece.`,summary:`Frecuencia cardíaca de {name}, {period}: mínima {lowest}, media {mean}, máxima {highest} latidos por minuto.`,summary_resting:`Frecuencia cardíaca en reposo: {resting}.`,summary_workouts:`Entrenamientos: {count}.`,summary_sleep:`Periodos de sueño: {count}.`,summary_newest:`La más reciente: {value}, {time}.`,summary_nothing:`Frecuencia cardíaca de {name}, {period}: ninguna.`,cursor_value:`{time}: {value}`,cursor_range:`{time}: de {min} a {max}, media {mean}`,nothing_here:`No hay frecuencia cardíaca en este periodo.`,nothing_yet:`Aún no hay frecuencia cardíaca.`,newest_from:`La más reciente: {time}.`,go_there:`Ir allí`,sleep_lacks:`El sueño no se lee: al inicio de sesión le falta el permiso.`,open_account:`Abrir la cuenta`,hide:`No volver a mostrar`,choose:`Elige la frecuencia cardíaca de una cuenta.`,no_account:`«{entity}» no es la frecuencia cardíaca de una cuenta de Fitbit to Cardiogram.`,no_entity:`La entidad «{entity}» no existe.`,error_unauthorized:`No tienes permiso para ver esta frecuencia cardíaca. Un administrador puede dártelo.`,error_not_found:`Esta cuenta no está configurada en este momento.`,error_home_assistant_error:`Las frecuencias cardíacas no se pueden leer en este momento.`,error_other:`No se pudieron cargar las frecuencias cardíacas.`,field_entity:`Frecuencia cardíaca`,help_entity:`La frecuencia cardíaca de una cuenta.`,field_title:`Título`,help_title:`El nombre de la cuenta, salvo que indiques otra cosa.`,field_range:`Periodo`,help_range:`Lo que la tarjeta muestra al principio: 24 horas, salvo que elijas otra cosa.`,field_height:`Altura del gráfico`,help_height:`Si no, se adapta a su sitio.`,field_show:`Mostrar`,field_zones:`Zonas de frecuencia cardíaca`,help_zones:`Los colores de la línea, una escala en el borde y el tiempo en cada zona.`,field_resting:`Frecuencia cardíaca en reposo`,field_alerts:`Alertas`,help_alerts:`Los tramos por encima o por debajo de los límites de las opciones de la cuenta.`,field_workouts:`Entrenamientos`,help_workouts:`Bandas con el tipo de ejercicio. Elige una para ver su frecuencia cardíaca, sus zonas y la recuperación.`,field_sleep:`Sueño`,help_sleep:`Bandas discretas en hasta una semana. Elige una noche para ver sus fases y su frecuencia cardíaca.`,field_band:`De la mínima a la máxima`,help_band:`Una franja alrededor de la línea, donde un punto representa muchas mediciones.`,dashboard_name:`Frecuencia cardíaca de Fitbit`,dashboard_description:`Para cada cuenta: primero la persona, el día en el gráfico, las últimas semanas y la transmisión. Sin configuración.`,add_account:`Aún no hay ninguna cuenta de Fitbit to Cardiogram. [Añade una]({link}) y su frecuencia cardíaca se mostrará aquí.`,no_account_yet:`Aún no hay ninguna cuenta de Fitbit to Cardiogram. Un administrador puede añadir una.`,field_accounts:`Cuentas`,help_accounts:`Las que tienen una vista, en su orden. Si no eliges ninguna, todas la tienen.`,hero_name:`Frecuencia cardíaca de una persona`,hero_description:`Cómo está el corazón ahora, la última noche, los valores frente a lo habitual y por qué falta algo.`,weeks_name:`Frecuencia cardíaca de las últimas semanas`,weeks_description:`Tendencias, un año en días y los últimos entrenamientos.`,forwarding_name:`Transmisión de la frecuencia cardíaca`,forwarding_description:`Una línea por destino, alertas, importación y exportación.`,everyone:`Todos`,last_night:`Última noche`,night_to:`Noche al {day}`,lowest_at:`mínimo {bpm} a las {time}`,variability:`Variabilidad`,week:`Minutos en zona`,week_goal:`esta semana, de {goal}`,why_not_set_up:`Esta cuenta no está en marcha ahora.`,why_sign_in:`{source} pide un nuevo inicio de sesión. Hasta entonces no llega nada nuevo.`,why_repair:`Hay que arreglar algo antes de que lleguen nuevos datos.`,why_unreachable:`{source} no responde desde: {time}. Se vuelve a intentar solo.`,why_importing:`Se está importando el pasado: {percent}. No hace falta quedarse aquí.`,why_nothing_yet:`Aún no hay frecuencia cardíaca. Llega cuando la pulsera se sincroniza con la app Fitbit.`,why_not_synced:`Última sincronización de la pulsera: {time}. Abre la app Fitbit para traer lo que falta.`,why_not_worn:`La pulsera se ha sincronizado, pero no mide nada desde: {time}. ¿Está puesta?`,why_begins:`No se conoce nada anterior al {day}.`,sign_in:`Iniciar sesión`,fix:`Arreglar`,import_past:`Importar el pasado`,alert_me:`Avísame`,export:`Exportar`,actions:`Qué puedes hacer`,details:`Detalles`,trouble:`sin entregar`,tried_again:`próximo intento: {time}`,waiting:`{count} en espera`,refused:`rechazados: {count}`,on_the_way:`{count} en camino`,waits_for_hand:`{count} en espera, la transmisión automática está desactivada`,nothing_sent:`aún nada que enviar`,all_sent:`todo enviado ({count}), {time}`,days_failed:`Las últimas semanas no se pueden leer en este momento.`,resting_long:`Frecuencia en reposo`,variability_long:`Variabilidad nocturna`,week_mean:`media de siete días {mean} {unit}`,trend_summary:`{what}, {days}: de {low} a {high} {unit}. Las flechas van de día en día.`,year:`Un año de frecuencia en reposo`,year_summary:`{usual} días como siempre, {lower} por debajo, {higher} por encima`,lower:`más baja`,higher:`más alta de lo habitual`,workouts:`Entrenamientos`,workout_rates:`media {mean}, máx. {highest}`,workout_recovery:`{drop} en el minuto siguiente`,cancel:`Cancelar`,save:`Guardar`,import:`Importar`,failed:`No ha funcionado. Puede que el registro de Home Assistant diga por qué.`,alert_after:`Recibes un aviso cuando la frecuencia pasa {minutes} minutos más allá de un límite.`,limit_high:`Límite alto (bpm)`,limit_low:`Límite bajo (bpm)`,limits_crossed:`El límite bajo debe ser inferior al alto.`,limit_needed:`Indica primero un límite.`,tell_whom:`Avisar en`,tell_here:`En Home Assistant`,alert_note:`Los datos llegan con minutos u horas de retraso. No te fíes nunca de ellos si está en juego la salud.`,alert_changes:`Esto cambia tu automatización «{name}».`,alert_alias:`Alerta de frecuencia cardíaca de {account}`,tell_high:`Frecuencia por encima de {limit}, hasta {extreme}`,tell_low:`Frecuencia por debajo de {limit}, hasta {extreme}`,alert_kept:`Recibirás un aviso.`,alert_removed:`Ya no recibirás avisos.`,past_explained:`Los datos, noches y entrenamientos anteriores se leen poco a poco, primero los más recientes. Un destino solo recibe lo que elegiste para él.`,past_how_far:`Hasta cuándo`,past_90:`Tres meses`,past_365:`Un año`,past_1825:`Cinco años`,past_begun:`La importación ha comenzado.`,this_week:`esta semana`,field_newest:`Valor más reciente`,help_newest:`Arriba, la frecuencia más reciente y la de reposo.`},fr:{card_name:`Graphique de fréquence cardiaque`,card_description:`La fréquence cardiaque d'une minute à une année\xA0: chaque battement, les zones, la fréquence au repos et les alertes.`,title:`Fréquence cardiaque`,bpm:`bpm`,lowest:`Minimum`,mean:`Moyenne`,highest:`Maximum`,resting:`Au repos`,usual:`comme d'habitude`,usual_lower:`{difference} de moins que d'habitude`,usual_higher:`{difference} de plus que d'habitude`,newest:`La plus récente`,light:`Légère`,moderate:`Modérée`,vigorous:`Intense`,peak:`Pic`,range_1h:`Heure`,range_24h:`Jour`,range_7d:`Semaine`,range_30d:`Mois`,range_1y:`Année`,name_1h:`Une heure`,name_6h:`6 heures`,name_12h:`12 heures`,name_24h:`24 heures`,name_3d:`3 jours`,name_7d:`7 jours`,name_30d:`30 jours`,name_90d:`90 jours`,name_1y:`Un an`,ranges:`Période`,back:`Reculer`,forward:`Avancer`,now:`Maintenant`,alert_high:`Au-dessus de {limit} pendant {time}, jusqu'à {extreme}`,alert_low:`En dessous de {limit} pendant {time}, jusqu'à {extreme}`,resting_line:`au repos {bpm}`,sum_range:`{lowest} à {highest}, moyenne {mean}`,peak_recovery:`max. {highest}, {change} en 1 min`,band_of_days:`Ligne : moyenne du jour. Bande : 80 % des moyennes horaires (10–90 %).`,day_resting:`Au repos {bpm}`,day_hours:`Moyennes horaires : {low} à {high} (10–90 %)`,day_ends:`Minimum {lowest}, maximum {highest}`,hours_high:`Heures au-dessus de la limite : {count}`,hours_low:`Heures en dessous de la limite : {count}`,alert_high_hours:`Au-dessus de {limit} en {time}, jusqu’à {extreme}`,alert_low_hours:`En dessous de {limit} en {time}, jusqu’à {extreme}`,sessions:`Entraînements et sommeil`,workout_running:`en cours`,workout_zones:`Temps dans les zones pendant l'entraînement`,close_session:`Revenir à la courbe entière`,recovery:`Récupération, 1 min`,recovery_120:`Récupération, 2 min`,night:`Nuit`,nap:`Sieste`,sleep_running:`pas encore terminée`,asleep:`Temps de sommeil`,asleep_for:`Sommeil {time}`,sleeping:`Moyenne en dormant`,dip:`Baisse`,stages:`Temps dans chaque phase de sommeil`,stage_awake:`Éveil`,stage_restless:`Agité`,stage_rem:`Paradoxal`,stage_light:`Léger`,stage_asleep:`Endormi`,stage_deep:`Profond`,stage_unknown:`Inconnu`,exercise_running:`Course`,exercise_walking:`Marche`,exercise_biking:`Vélo`,exercise_hiking:`Randonnée`,exercise_swimming:`Natation`,exercise_yoga:`Yoga`,exercise_strength_training:`Musculation`,exercise_rowing:`Aviron`,exercise_skiing:`Ski`,exercise_dancing:`Danse`,exercise_workout:`Entraînement`,exercise_cardio_workout:`Activité`,exercise_other:`Autre`,exercise_meditate:`Méditation`,wheel_hint:`Zoom\xA0: Ctrl + molette, ou cliquez d'abord`,wheel_hint_mac:`Zoom\xA0: ⌘ + molette, ou cliquez d'abord`,chart:`graphique`,keys:`Les flèches parcourent le graphique, plus et moins zooment, Début et Fin vont à ses bords, Page précédente et Page suivante à la période d'avant et d'après, Échap réinitialise.`,summary:`Fréquence cardiaque de {name}, {period}\xA0: minimum {lowest}, moyenne {mean}, maximum {highest} battements par minute.`,summary_resting:`Fréquence cardiaque au repos\xA0: {resting}.`,summary_workouts:`Entraînements\xA0: {count}.`,summary_sleep:`Périodes de sommeil : {count}.`,summary_newest:`La plus récente\xA0: {value}, {time}.`,summary_nothing:`Fréquence cardiaque de {name}, {period}\xA0: aucune.`,cursor_value:`{time}\xA0: {value}`,cursor_range:`{time}\xA0: {min} à {max}, moyenne {mean}`,nothing_here:`Pas de fréquence cardiaque sur cette période.`,nothing_yet:`Pas encore de fréquence cardiaque.`,newest_from:`La plus récente\xA0: {time}.`,go_there:`Y aller`,sleep_lacks:`Le sommeil n'est pas lu : l'autorisation manque à la connexion.`,open_account:`Ouvrir le compte`,hide:`Ne plus afficher`,choose:`Choisissez la fréquence cardiaque d'un compte.`,no_account:`«\xA0{entity}\xA0» n'est pas la fréquence cardiaque d'un compte de Fitbit to Cardiogram.`,no_entity:`L'entité «\xA0{entity}\xA0» n'existe pas.`,error_unauthorized:`Vous n'avez pas le droit de voir cette fréquence cardiaque. Un administrateur peut l'autoriser.`,error_not_found:`Ce compte n'est pas configuré en ce moment.`,error_home_assistant_error:`Les fréquences cardiaques ne peuvent pas être lues en ce moment.`,error_other:`Les fréquences cardiaques n'ont pas pu être chargées.`,field_entity:`Fréquence cardiaque`,help_entity:`La fréquence cardiaque d'un compte.`,field_title:`Titre`,help_title:`Le nom du compte, sauf si vous indiquez autre chose.`,field_range:`Période`,help_range:`Ce que la carte affiche d'abord\xA0: 24 heures, sauf si vous choisissez autre chose.`,field_height:`Hauteur du graphique`,help_height:`Sinon, il s'adapte à sa place.`,field_show:`Afficher`,field_zones:`Zones de fréquence cardiaque`,help_zones:`Les couleurs de la courbe, une échelle au bord et le temps dans chaque zone.`,field_resting:`Fréquence cardiaque au repos`,field_alerts:`Alertes`,help_alerts:`Les moments au-dessus ou en dessous des limites fixées dans les options du compte.`,field_workouts:`Entraînements`,help_workouts:`Des bandes avec le type d'exercice. Choisissez-en une pour voir sa fréquence cardiaque, ses zones et la récupération.`,field_sleep:`Sommeil`,help_sleep:`Des bandes discrètes, sur une semaine au plus. Choisissez une nuit pour voir ses phases et sa fréquence cardiaque.`,field_band:`Du minimum au maximum`,help_band:`Une bande autour de la ligne, là où un point représente beaucoup de mesures.`,dashboard_name:`Fréquence cardiaque Fitbit`,dashboard_description:`Pour chaque compte : d’abord la personne, la journée sur le graphique, les dernières semaines et la transmission. Sans configuration.`,add_account:`Il n'y a pas encore de compte de Fitbit to Cardiogram. [Ajoutez-en un]({link}), et sa fréquence cardiaque s'affichera ici.`,no_account_yet:`Il n'y a pas encore de compte de Fitbit to Cardiogram. Un administrateur peut en ajouter un.`,field_accounts:`Comptes`,help_accounts:`Ceux qui ont une vue, dans cet ordre. Si vous n'en choisissez aucun, tous en ont une.`,hero_name:`Fréquence cardiaque d’une personne`,hero_description:`Le cœur en ce moment, la dernière nuit, les valeurs face à l’habituel, et pourquoi il manque quelque chose.`,weeks_name:`Fréquence cardiaque des dernières semaines`,weeks_description:`Tendances, une année en jours et les derniers entraînements.`,forwarding_name:`Transmission de la fréquence cardiaque`,forwarding_description:`Une ligne par destination, alertes, import et export.`,everyone:`Tous`,last_night:`Dernière nuit`,night_to:`Nuit au {day}`,lowest_at:`minimum {bpm} à {time}`,variability:`Variabilité`,week:`Minutes en zone`,week_goal:`cette semaine, sur {goal}`,why_not_set_up:`Ce compte n’est pas en service pour le moment.`,why_sign_in:`{source} demande une nouvelle connexion. D’ici là, rien de nouveau n’arrive.`,why_repair:`Il faut réparer quelque chose avant que de nouvelles mesures arrivent.`,why_unreachable:`{source} ne répond plus depuis : {time}. Les essais se répètent d’eux-mêmes.`,why_importing:`Le passé est en cours d’import : {percent}. Inutile de rester ici.`,why_nothing_yet:`Pas encore de fréquence cardiaque. Elle arrive quand le bracelet s’est synchronisé avec l’app Fitbit.`,why_not_synced:`Dernière synchronisation du bracelet : {time}. Ouvrez l’app Fitbit pour faire venir la suite.`,why_not_worn:`Le bracelet s’est synchronisé, mais n’a rien mesuré depuis : {time}. Est-il porté ?`,why_begins:`Rien n’est connu d’avant le {day}.`,sign_in:`Se connecter`,fix:`Réparer`,import_past:`Importer le passé`,alert_me:`M’alerter`,export:`Exporter`,actions:`Ce que vous pouvez faire`,details:`Détails`,trouble:`non remis`,tried_again:`prochain essai : {time}`,waiting:`{count} en attente`,refused:`refusées\xA0: {count}`,on_the_way:`{count} en route`,waits_for_hand:`{count} en attente, la transmission automatique est désactivée`,nothing_sent:`rien à envoyer pour l’instant`,all_sent:`tout est envoyé ({count}), {time}`,days_failed:`Les dernières semaines ne peuvent pas être lues en ce moment.`,resting_long:`Fréquence au repos`,variability_long:`Variabilité nocturne`,week_mean:`moyenne sur sept jours {mean} {unit}`,trend_summary:`{what}, {days} : de {low} à {high} {unit}. Les flèches vont de jour en jour.`,year:`Une année de fréquence au repos`,year_summary:`{usual} jours comme d’habitude, {lower} en dessous, {higher} au-dessus`,lower:`plus basse`,higher:`plus haute que d’habitude`,workouts:`Entraînements`,workout_rates:`moyenne {mean}, max. {highest}`,workout_recovery:`{drop} dans la minute suivante`,cancel:`Annuler`,save:`Enregistrer`,import:`Importer`,failed:`Cela n’a pas marché. Le journal de Home Assistant dit peut-être pourquoi.`,alert_after:`Vous êtes averti quand la fréquence reste {minutes} minutes au-delà d’une limite.`,limit_high:`Limite haute (bpm)`,limit_low:`Limite basse (bpm)`,limits_crossed:`La limite basse doit être inférieure à la limite haute.`,limit_needed:`Indiquez d’abord une limite.`,tell_whom:`Prévenir sur`,tell_here:`Dans Home Assistant`,alert_note:`Les mesures arrivent avec des minutes ou des heures de retard. Ne vous y fiez jamais quand la santé est en jeu.`,alert_changes:`Cela modifie votre automatisation « {name} ».`,alert_alias:`Alerte de fréquence cardiaque pour {account}`,tell_high:`Fréquence au-dessus de {limit}, jusqu’à {extreme}`,tell_low:`Fréquence au-dessous de {limit}, jusqu’à {extreme}`,alert_kept:`Vous serez averti.`,alert_removed:`Vous n’êtes plus averti.`,past_explained:`Les mesures, nuits et entraînements plus anciens sont lus peu à peu, les plus récents d’abord. Une destination n’en reçoit que ce que vous avez choisi pour elle.`,past_how_far:`Jusqu’où`,past_90:`Trois mois`,past_365:`Un an`,past_1825:`Cinq ans`,past_begun:`L’import a commencé.`,this_week:`cette semaine`,field_newest:`Dernière valeur`,help_newest:`En haut, la dernière fréquence et celle au repos.`},nl:{card_name:`Hartslaggrafiek`,card_description:`De hartslag van een minuut tot een jaar: elke meting, zones, hartslag in rust en waarschuwingen.`,title:`Hartslag`,bpm:`bpm`,lowest:`Laagste`,mean:`Gemiddeld`,highest:`Hoogste`,resting:`In rust`,usual:`zoals gebruikelijk`,usual_lower:`{difference} lager dan gebruikelijk`,usual_higher:`{difference} hoger dan gebruikelijk`,newest:`Nieuwste`,light:`Licht`,moderate:`Matig`,vigorous:`Intensief`,peak:`Piek`,range_1h:`Uur`,range_24h:`Dag`,range_7d:`Week`,range_30d:`Maand`,range_1y:`Jaar`,name_1h:`Eén uur`,name_6h:`6 uur`,name_12h:`12 uur`,name_24h:`24 uur`,name_3d:`3 dagen`,name_7d:`7 dagen`,name_30d:`30 dagen`,name_90d:`90 dagen`,name_1y:`Eén jaar`,ranges:`Periode`,back:`Terug`,forward:`Vooruit`,now:`Nu`,alert_high:`{time} lang boven {limit}, tot {extreme}`,alert_low:`{time} lang onder {limit}, tot {extreme}`,resting_line:`in rust {bpm}`,sum_range:`{lowest} tot {highest}, gemiddeld {mean}`,peak_recovery:`max. {highest}, {change} in 1 min`,band_of_days:`Lijn: daggemiddelde. Band: waar 80 % van de uurgemiddelden ligt (10–90 %).`,day_resting:`In rust {bpm}`,day_hours:`Uurgemiddelden: {low} tot {high} (10–90 %)`,day_ends:`Laagste {lowest}, hoogste {highest}`,hours_high:`Uren boven de grens: {count}`,hours_low:`Uren onder de grens: {count}`,alert_high_hours:`Boven {limit} binnen {time}, tot {extreme}`,alert_low_hours:`Onder {limit} binnen {time}, tot {extreme}`,sessions:`Trainingen en slaap`,workout_running:`nog bezig`,workout_zones:`Tijd in zones tijdens de training`,close_session:`Terug naar de hele grafiek`,recovery:`Herstel, 1 min`,recovery_120:`Herstel, 2 min`,night:`Nacht`,nap:`Dutje`,sleep_running:`nog niet voorbij`,asleep:`Geslapen`,asleep_for:`{time} geslapen`,sleeping:`Gemiddeld in slaap`,dip:`Daling`,stages:`Tijd in elke slaapfase`,stage_awake:`Wakker`,stage_restless:`Onrustig`,stage_rem:`REM`,stage_light:`Licht`,stage_asleep:`Slapend`,stage_deep:`Diep`,stage_unknown:`Onbekend`,exercise_running:`Hardlopen`,exercise_walking:`Wandeling`,exercise_biking:`Fietsen`,exercise_hiking:`Bergwandelen`,exercise_swimming:`Zwemmen`,exercise_yoga:`Yoga`,exercise_strength_training:`Krachttraining`,exercise_rowing:`Roeien`,exercise_skiing:`Skiën`,exercise_dancing:`Dansen`,exercise_workout:`Training`,exercise_cardio_workout:`Activiteit`,exercise_other:`Anders`,exercise_meditate:`Meditatie`,wheel_hint:`Zoomen: Ctrl + scrollen, of klik eerst`,wheel_hint_mac:`Zoomen: ⌘ + scrollen, of klik eerst`,chart:`grafiek`,keys:`Met de pijltoetsen ga je langs de grafiek, met plus en min zoom je, met Home en End ga je naar de randen, met Page Up en Page Down naar de periode ervoor en erna, en met Escape terug naar het begin.`,summary:`Hartslag van {name}, {period}: laagste {lowest}, gemiddelde {mean}, hoogste {highest} slagen per minuut.`,summary_resting:`Hartslag in rust {resting}.`,summary_workouts:`Trainingen: {count}.`,summary_sleep:`Slaaptijden: {count}.`,summary_newest:`Nieuwste: {value}, {time}.`,summary_nothing:`Hartslag van {name}, {period}: geen.`,cursor_value:`{time}: {value}`,cursor_range:`{time}: {min} tot {max}, gemiddeld {mean}`,nothing_here:`Geen hartslag in deze periode.`,nothing_yet:`Nog geen hartslag.`,newest_from:`De nieuwste is van {time}.`,go_there:`Ga erheen`,sleep_lacks:`De slaap wordt niet gelezen: de aanmelding mist de toestemming.`,open_account:`Account openen`,hide:`Niet meer tonen`,choose:`Kies de hartslag van een account.`,no_account:`‘{entity}’ is niet de hartslag van een account van Fitbit to Cardiogram.`,no_entity:`De entiteit ‘{entity}’ bestaat niet.`,error_unauthorized:`Je mag deze hartslag niet zien. Een beheerder kan dat toestaan.`,error_not_found:`Dit account is op dit moment niet ingesteld.`,error_home_assistant_error:`De hartslag kan op dit moment niet worden gelezen.`,error_other:`De hartslag kon niet worden geladen.`,field_entity:`Hartslag`,help_entity:`De hartslag van een account.`,field_title:`Titel`,help_title:`De naam van het account, tenzij je hier iets anders invult.`,field_range:`Periode`,help_range:`Wat de kaart eerst laat zien: 24 uur, tenzij je iets anders kiest.`,field_height:`Hoogte van de grafiek`,help_height:`Anders past de grafiek zich aan de plek aan.`,field_show:`Tonen`,field_zones:`Hartslagzones`,help_zones:`De kleuren van de lijn, een schaal aan de rand en de tijd in elke zone.`,field_resting:`Hartslag in rust`,field_alerts:`Waarschuwingen`,help_alerts:`Stukken boven of onder de grenzen uit de opties van het account.`,field_workouts:`Trainingen`,help_workouts:`Banden met het soort training. Kies er een om de hartslag, zones en het herstel te zien.`,field_sleep:`Slaap`,help_sleep:`Rustige banden over hooguit een week. Kies een nacht om de slaapfasen en de hartslag te zien.`,field_band:`Laagste tot hoogste`,help_band:`Een band om de lijn, waar één punt voor veel metingen staat.`,dashboard_name:`Fitbit-hartslag`,dashboard_description:`Voor elk account: eerst de persoon, de dag in de grafiek, de laatste weken en het doorsturen. Zonder configuratie.`,add_account:`Er is nog geen account van Fitbit to Cardiogram. [Voeg er een toe]({link}), dan zie je de hartslag hier.`,no_account_yet:`Er is nog geen account van Fitbit to Cardiogram. Een beheerder kan er een toevoegen.`,field_accounts:`Accounts`,help_accounts:`De accounts met een eigen weergave, in deze volgorde. Kies je er geen, dan krijgen ze er allemaal een.`,hero_name:`Hartslag van een persoon`,hero_description:`Hoe het hart nu is, de laatste nacht, de waarden naast wat gewoon is, en waarom er iets ontbreekt.`,weeks_name:`Hartslag van de laatste weken`,weeks_description:`Trends, een jaar in dagen en de laatste trainingen.`,forwarding_name:`Doorsturen van de hartslag`,forwarding_description:`Een regel per bestemming, waarschuwingen, import en export.`,everyone:`Iedereen`,last_night:`Laatste nacht`,night_to:`Nacht op {day}`,lowest_at:`laagste {bpm} om {time}`,variability:`Variabiliteit`,week:`Zoneminuten`,week_goal:`deze week, van {goal}`,why_not_set_up:`Dit account draait op dit moment niet.`,why_sign_in:`{source} vraagt om een nieuwe aanmelding. Tot dan komt er niets nieuws.`,why_repair:`Er moet iets worden hersteld voordat er nieuwe hartslagen komen.`,why_unreachable:`{source} antwoordt niet sinds {time}. Het wordt vanzelf opnieuw geprobeerd.`,why_importing:`Het verleden wordt geïmporteerd: {percent}. Je hoeft hier niet te blijven.`,why_nothing_yet:`Nog geen hartslag. Die komt zodra de band met de Fitbit-app heeft gesynchroniseerd.`,why_not_synced:`Laatste synchronisatie van de band: {time}. Open de Fitbit-app om de rest op te halen.`,why_not_worn:`De band heeft gesynchroniseerd, maar sinds {time} niets gemeten. Wordt hij gedragen?`,why_begins:`Van vóór {day} is niets bekend.`,sign_in:`Aanmelden`,fix:`Herstellen`,import_past:`Verleden importeren`,alert_me:`Waarschuw mij`,export:`Exporteren`,actions:`Wat je kunt doen`,details:`Bijzonderheden`,trouble:`niet afgeleverd`,tried_again:`volgende poging {time}`,waiting:`{count} wachtend`,refused:`{count} geweigerd`,on_the_way:`{count} onderweg`,waits_for_hand:`{count} wachtend, automatisch doorsturen staat uit`,nothing_sent:`nog niets te versturen`,all_sent:`alles verstuurd ({count}), {time}`,days_failed:`De laatste weken kunnen op dit moment niet worden gelezen.`,resting_long:`Rusthartslag`,variability_long:`Variabiliteit ’s nachts`,week_mean:`gemiddelde van zeven dagen {mean} {unit}`,trend_summary:`{what}, {days}: van {low} tot {high} {unit}. Met de pijltoetsen van dag tot dag.`,year:`Een jaar rusthartslag`,year_summary:`{usual} dagen zoals gewoonlijk, {lower} eronder, {higher} erboven`,lower:`lager`,higher:`hoger dan gewoonlijk`,workouts:`Trainingen`,workout_rates:`gemiddeld {mean}, max. {highest}`,workout_recovery:`{drop} in de minuut erna`,cancel:`Annuleren`,save:`Opslaan`,import:`Importeren`,failed:`Dat lukte niet. Misschien staat in het logboek van Home Assistant waarom.`,alert_after:`Je krijgt bericht als de hartslag {minutes} minuten voorbij een grens blijft.`,limit_high:`Bovengrens (bpm)`,limit_low:`Ondergrens (bpm)`,limits_crossed:`De ondergrens moet onder de bovengrens liggen.`,limit_needed:`Vul eerst een grens in.`,tell_whom:`Melden aan`,tell_here:`In Home Assistant tonen`,alert_note:`Hartslagen komen minuten tot uren te laat. Vertrouw er nooit op als de gezondheid in het spel is.`,alert_changes:`Dit wijzigt je automatisering ‘{name}’.`,alert_alias:`Hartslagwaarschuwing voor {account}`,tell_high:`Hartslag boven {limit}, tot {extreme}`,tell_low:`Hartslag onder {limit}, tot {extreme}`,alert_kept:`Je krijgt bericht.`,alert_removed:`Je krijgt geen bericht meer.`,past_explained:`Oudere hartslagen, nachten en trainingen worden beetje bij beetje gelezen, de nieuwste eerst. Een bestemming krijgt daarvan alleen wat je ervoor hebt gekozen.`,past_how_far:`Hoe ver terug`,past_90:`Drie maanden`,past_365:`Een jaar`,past_1825:`Vijf jaar`,past_begun:`De import is begonnen.`,this_week:`deze week`,field_newest:`Nieuwste waarde`,help_newest:`Bovenaan de nieuwste hartslag en de rusthartslag.`}};function $e(e){return Object.hasOwn(Ze,e)}function et(e){let t=e.replaceAll(`_`,` `).trim().toLowerCase();return e.endsWith(`UNSPECIFIED`)?``:t.charAt(0).toUpperCase()+t.slice(1)}function B(e,t,n={}){return((Qe[e]??Qe[e.split(`-`)[0]??`en`]??Ze)[t]??Ze[t]).replace(/\{(\w+)\}/g,(e,t)=>String(n[t]??e))}var tt=`persistent_notification.create`;function nt({entryId:t}){return`${e}_alert_${t.toLowerCase()}`}function rt(e){return`config/automation/config/${nt(e)}`}async function it(e,t){return Object.values(e.states).some(({entity_id:e,attributes:n})=>e.startsWith(`automation.`)&&n.id===nt(t))?e.callApi(`GET`,rt(t)):void 0}function at({services:e}){return[...Object.keys(e?.notify??{}).filter(e=>e.startsWith(`mobile_app_`)).sort().map(e=>`notify.${e}`),tt]}function ot(t,n,r,i,a={}){let o=e=>B(i,`tell_${e}`,{limit:`{{ trigger.limit }}`,extreme:`{{ trigger.extreme }}`}),s=`{% if trigger.kind == "high" %}${o(`high`)}{% else %}${o(`low`)}{% endif %}`;return{alias:B(i,`alert_alias`,{account:t.name}),description:``,mode:`queued`,conditions:[],...a,triggers:[{trigger:`${e}.alert_began`,target:{device_id:t.deviceId},options:{alert:n}}],actions:[{action:r,data:{title:t.name,message:s}}]}}async function st(e,t,n,r,i){n.length?await e.callApi(`POST`,rt(t),ot(t,n,r,e.locale.language,i)):i&&await e.callApi(`DELETE`,rt(t))}function ct({high:e,low:t}){return e>0&&t>=e}function lt(e,t){return(e.high>0&&e.high<=(t.low??0)?[`low`,`high`]:[`high`,`low`]).map(t=>[t,e[t]]).filter(([e,n])=>n!==(t[e]??0))}var ut={below:`#3f78c9`,light:`#0b8577`,moderate:`#b87700`,vigorous:`#c54a12`,peak:`#b4175b`,custom:`#7d5bbe`,line:`#0b8577`,resting:`#5560c8`,sleep:`#5560c8`,workout:`#c54a12`,high:`#c0262d`,low:`#0277bd`,paper:`#ffffff`,ink:`#262b33`,pencil:`#5f6672`,grid:`#e6e8ec`},dt={below:`#7fb0f5`,light:`#4cc9b4`,moderate:`#e0a526`,vigorous:`#f58a55`,peak:`#f06aa6`,custom:`#b79af0`,line:`#4cc9b4`,resting:`#9aa3f5`,sleep:`#9aa3f5`,workout:`#f58a55`,high:`#ff7b72`,low:`#6cb8ff`,paper:`#1c1c1c`,ink:`#e4e6ea`,pencil:`#a3a9b4`,grid:`#33363c`},ft={awake:`#c8753a`,restless:`#b0745a`,rem:`#2f93a5`,light:`#7388d8`,asleep:`#7388d8`,deep:`#6a5acd`,unknown:`#7f8590`},pt={light:ut,dark:dt},mt=ft,ht=[`below`,`light`,`moderate`,`vigorous`,`peak`,`custom`,`line`,`resting`,`workout`,`sleep`,`high`,`low`],gt=[...ht,`text`,`grid`,`ground`];function _t(e){return ht.map(t=>`--zone-${t}: var(--fitbit-cardiogram-${t}-color, ${e[t]});`).join(``)}function vt(){return Object.entries(mt).map(([e,t])=>`--stage-${e}: var(--fitbit-cardiogram-${e}-sleep-color, ${t});`).join(``)}var yt=x`
  :host {
    ${b(_t(pt.light)+vt())}
    --zone-text: var(--secondary-text-color, #727272);
    --zone-grid: var(--divider-color, rgba(127, 127, 127, 0.2));
    --zone-ground: var(--ha-card-background, var(--card-background-color, #fff));
  }
  :host([dark]) {
    ${b(_t(pt.dark))}
  }
`;function bt(e){let t=getComputedStyle(e);return Object.fromEntries(gt.map(e=>[e,t.getPropertyValue(`--zone-${e}`).trim()]))}function xt(e,{name:t,custom:n}){return n?e.custom:e[t]??e.custom}function St(e,t){return`color-mix(in srgb, ${e} ${Math.max(t*100,.4)}%, transparent)`}var Ct=x`
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`,wt=[yt,Ct,x`
    :host {
      display: block;
      /* As all of our languages, and time in a chart. */
      direction: ltr;
    }
    :host([hidden]) {
      display: none;
    }
    ha-card {
      display: block;
      box-sizing: border-box;
      color: var(--primary-text-color);
      font-variant-numeric: tabular-nums;
    }
    h2 {
      margin: 0;
      font-size: 16px;
      font-weight: 500;
      line-height: 24px;
    }
    p,
    dl,
    dd,
    ul {
      margin: 0;
      padding: 0;
      list-style: none;
    }
    small,
    dt {
      color: var(--secondary-text-color);
      font-size: 13px;
      line-height: 18px;
    }
    a,
    button {
      /* Home Assistant's own blue is too faint for words on white. */
      color: color-mix(in srgb, var(--primary-color) 75%, var(--primary-text-color));
      font: inherit;
      font-weight: 500;
      text-decoration: none;
    }
    button {
      margin: 0;
      padding: 0;
      border: none;
      background: none;
      cursor: pointer;
      -webkit-tap-highlight-color: transparent;
    }
    a:hover,
    button:hover {
      text-decoration: underline;
    }
    a:focus-visible,
    button:focus-visible,
    [tabindex]:focus-visible {
      outline: 2px solid var(--primary-color);
      outline-offset: 2px;
      border-radius: 4px;
    }
    .alone {
      padding: 16px;
      text-align: center;
      color: var(--secondary-text-color);
    }
  `];function V(e,t,n,r){var i=arguments.length,a=i<3?t:r===null?r=Object.getOwnPropertyDescriptor(t,n):r,o;if(typeof Reflect==`object`&&typeof Reflect.decorate==`function`)a=Reflect.decorate(e,t,n,r);else for(var s=e.length-1;s>=0;s--)(o=e[s])&&(a=(i<3?o(a):i>3?o(t,n,a):o(t,n))||a);return i>3&&a&&Object.defineProperty(t,n,a),a}var Tt=class extends Ue{constructor(...e){super(...e),this.dark=!1,this.isBusy=!1,this.error=``}static{this.styles=[...wt,Ot()]}say(e,t){return B(this.hass.locale.language,e,t)}firstUpdated(){this.shadowRoot?.querySelector(`dialog`)?.showModal()}render(){return L`<dialog aria-labelledby="heading" @close=${()=>this.remove()}>
      <form @submit=${this.submit}>
        <h2 id="heading">${this.say(this.heading)}</h2>
        ${this.content()}
        <p class="error" role="alert">${this.error||R}</p>
        <div class="buttons">
          <button type="button" @click=${this.close}>${this.say(`cancel`)}</button>
          <button class="main" ?disabled=${this.isBusy}>${this.say(this.button)}</button>
        </div>
      </form>
    </dialog>`}close(){this.shadowRoot?.querySelector(`dialog`)?.close()}async submit(e){e.preventDefault(),this.isBusy=!0,this.error=``;try{let e=await this.act(),t={message:this.say(e)};this.dispatchEvent(new CustomEvent(`hass-notification`,{detail:t,bubbles:!0,composed:!0})),this.close()}catch(e){this.error=Et(e)||this.say(`failed`)}this.isBusy=!1}};V([qe({attribute:!1})],Tt.prototype,`hass`,void 0),V([qe({type:Boolean,reflect:!0})],Tt.prototype,`dark`,void 0),V([z()],Tt.prototype,`isBusy`,void 0),V([z()],Tt.prototype,`error`,void 0);function Et(e){let{message:t,body:n}=e??{};return String(n?.message??t??``)}function Dt(e,t,n){e.hass=n,e.dark=n.themes.darkMode,t.shadowRoot?.append(e)}function Ot(){return x`
    dialog {
      box-sizing: border-box;
      width: min(420px, calc(100vw - 32px));
      padding: 24px;
      border: none;
      border-radius: var(--ha-dialog-border-radius, 24px);
      background: var(--ha-dialog-surface-background, var(--card-background-color, #fff));
      color: var(--primary-text-color);
      font-size: 14px;
      line-height: 20px;
      box-shadow: 0 8px 32px rgba(0, 0, 0, 0.3);
    }
    :host([dark]) dialog {
      color-scheme: dark;
    }
    dialog::backdrop {
      background: rgba(0, 0, 0, 0.4);
    }
    h2 {
      margin-bottom: 12px;
      font-size: 20px;
      font-weight: 400;
      line-height: 28px;
    }
    label {
      display: block;
      margin-top: 16px;
      color: var(--secondary-text-color);
      font-size: 13px;
    }
    input,
    select {
      box-sizing: border-box;
      display: block;
      width: 100%;
      height: 44px;
      margin-top: 4px;
      padding: 0 12px;
      border: 1px solid var(--divider-color);
      border-radius: 8px;
      background: var(--secondary-background-color, transparent);
      color: var(--primary-text-color);
      font: inherit;
      font-size: 16px;
    }
    input:focus-visible,
    select:focus-visible {
      outline: 2px solid var(--primary-color);
      outline-offset: -1px;
    }
    .pair {
      display: grid;
      grid-template-columns: 1fr 1fr;
      gap: 16px;
    }
    .note {
      margin-top: 12px;
      color: var(--secondary-text-color);
      font-size: 13px;
      line-height: 18px;
    }
    .error {
      margin-top: 12px;
      color: var(--error-color, #b3261e);
    }
    .error:empty {
      display: none;
    }
    .buttons {
      display: flex;
      justify-content: flex-end;
      gap: 8px;
      margin-top: 20px;
    }
    .buttons button {
      min-height: 40px;
      padding: 0 16px;
      border-radius: 20px;
    }
    .buttons .main {
      background: color-mix(in srgb, var(--primary-color) 75%, #000);
      color: var(--text-primary-color, #fff);
    }
    .buttons .main:disabled {
      opacity: 0.5;
    }
  `}var kt=`fitbit-cardiogram-alert-dialog`,At={high:{min:60,max:250,offered:`120`},low:{min:20,max:120,offered:``}},jt=[`high`,`low`],Mt=class extends Tt{constructor(...e){super(...e),this.heading=`alert_me`,this.button=`save`}connectedCallback(){super.connectedCallback(),it(this.hass,this.account).then(e=>{this.kept=e},()=>void 0)}get hasLimits(){return jt.some(e=>this.limits[e]!==null)}content(){let e=this.kept?.actions?.[0]?.action,t=[...new Set([...at(this.hass),...e?[e]:[]])],n=this.chosen??e??t[0],r=!this.hasLimits;return L`
      <p>${this.say(`alert_after`,{minutes:this.limits.minutes})}</p>
      <div class="pair">
        ${jt.map(e=>{let{min:t,max:n,offered:i}=At[e],a=this.limits[e]??(r?i:``);return L`<label>
            ${this.say(`limit_${e}`)}
            <input
              name=${e}
              type="number"
              inputmode="numeric"
              min=${t}
              max=${n}
              step="1"
              .value=${String(a)}
            />
          </label>`})}
      </div>
      <label>
        ${this.say(`tell_whom`)}
        <select
          name="tell"
          @change=${e=>this.chosen=e.target.value}
        >
          ${t.map(e=>L`<option value=${e} ?selected=${e===n}>${this.nameOf(e)}</option>`)}
        </select>
      </label>
      <p class="note">${this.say(`alert_note`)}</p>
      ${this.kept?L`<p class="note">${this.say(`alert_changes`,{name:String(this.kept.alias??``)})}</p>`:R}
    `}nameOf(e){if(e===`persistent_notification.create`)return this.say(`tell_here`);let t=e.replace(/^notify\.(mobile_app_)?/,``).replaceAll(`_`,` `);return t.charAt(0).toUpperCase()+t.slice(1)}async act(){let e=new FormData(this.shadowRoot?.querySelector(`form`)??void 0),t=t=>Number(e.get(t))||0,n={high:t(`high`),low:t(`low`)};if(ct(n))throw Error(this.say(`limits_crossed`));let r=l(this.hass,this.account),i=jt.filter(e=>n[e]),a=await it(this.hass,this.account);if(!i.length&&!this.hasLimits&&!a)throw Error(this.say(`limit_needed`));await st(this.hass,this.account,i,String(e.get(`tell`)),a);for(let[e,t]of lt(n,this.limits)){let n=r[`${e}_limit`]?.[0];if(!n)throw Error(this.say(`failed`));await this.hass.callWS({type:`call_service`,domain:`number`,service:`set_value`,service_data:{value:t},target:{entity_id:n}})}return i.length?`alert_kept`:`alert_removed`}};V([qe({attribute:!1})],Mt.prototype,`account`,void 0),V([qe({attribute:!1})],Mt.prototype,`limits`,void 0),V([z()],Mt.prototype,`kept`,void 0),V([z()],Mt.prototype,`chosen`,void 0);function Nt(e,t,n,{limits:r}){if(!r)return;let i=document.createElement(kt);i.account=n,i.limits=r,Dt(i,e,t)}var Pt={least:1e3,most:6e4},Ft=class{constructor(e){this.heed=e,this.isVisible=!0,this.resizes=new ResizeObserver(()=>this.heed.resized()),this.sights=new IntersectionObserver(([e])=>this.see(!!e?.isIntersecting)),this.themes=new MutationObserver(()=>this.heed.themed()),this.seePage=()=>this.see(this.isVisible)}get isSeen(){return this.isVisible&&!document.hidden}begin(e){this.sights.observe(e),this.themes.observe(document.documentElement,{attributeFilter:[`style`,`class`]}),document.addEventListener(`visibilitychange`,this.seePage)}end(){for(let e of[this.resizes,this.sights,this.themes])e.disconnect();document.removeEventListener(`visibilitychange`,this.seePage),window.clearTimeout(this.clock),this.clock=void 0}measure(e){this.resizes.observe(e)}run(){this.clock??=window.setTimeout(()=>{this.clock=void 0,this.isSeen&&this.heed.ticked(),this.run()},Math.min(Math.max(this.heed.pause(),Pt.least),Pt.most))}see(e){this.isVisible=e,this.heed.seen(this.isSeen)}};function It(e,t){if(e.hidden===t)return;e.hidden=t;let n={value:!t};e.dispatchEvent(new CustomEvent(`card-visibility-changed`,{detail:n,bubbles:!0,composed:!0}))}function Lt(){return document.querySelector(`home-assistant`)?.hass}function Rt(){return Lt()?.locale.language??navigator.language}var zt=3600,Bt=86400,Vt={"1h":zt,"6h":6*zt,"12h":12*zt,"24h":Bt,"3d":3*Bt,"7d":7*Bt,"30d":30*Bt,"90d":90*Bt,"1y":365*Bt},Ht=Object.keys(Vt),Ut=[`1h`,`24h`,`7d`,`30d`,`1y`],Wt=120,Gt=5*Vt[`1y`],Kt=26*zt,qt=28*Bt,Jt=[60,300,900,1800,zt,2*zt,3*zt],Yt=[5,10,15,20,30,60,90,120,180,240,300,600],Xt=1.5,Zt=.25;function Qt(e,t,n){let r=e.end-e.start,i=r/Math.max(t,1)*Xt,a=r>=qt,o=r>Kt&&!a?Jt.find(e=>e>=i)??Jt.at(-1):void 0,s=o??(a?3600:1),c=Math.max(0,Math.floor((e.start-r*Zt)/s)*s),l=e.end+r*Zt;return{start:c,end:Math.ceil((l>=n?n+Bt:l)/s)*s,width:o,daily:a}}function $t(e,t,n){return e.width===n.width&&e.daily===n.daily&&e.start<=Math.max(0,t.start)&&e.end>=t.end}function en(e,t,n){if(e*Xt<=n)return 0;let r=t/Math.max(n,1)*Xt;return Yt.find(e=>e>=r)??Yt.at(-1)}function tn(e,t){let n=Math.min(Math.max(e.end-e.start,Wt),Gt),r=(e.start+e.end)/2,i=Math.max(Math.min(r+n/2,t),n);return{start:i-n,end:i}}function nn(e,t,n){let r=e.end-e.start,i=Math.min(Math.max(r*t,Wt),Gt),a=e.start+(r-i)*n;return{start:a,end:a+i}}function rn(e,t){let n=(e.end-e.start)*t;return{start:e.start+n,end:e.end+n}}function an(e){let t=e.end-e.start;return Ht.find(e=>Math.abs(Vt[e]-t)<1)}function on({start:e,end:t}){return(e+t)/2}var H=`fitbit-cardiogram-chart`;function U(e){if(typeof e.entity!=`string`)throw Error(B(Rt(),`choose`));if(e.range!==void 0&&!(e.range in Vt))throw Error(`range: ${Ht.join(`, `)}`)}function sn(e){return{entity:n(e)[0]??``}}function cn(){let t=Lt(),r=Rt(),i=t?n(t):[],a=e=>B(r,e),o=new Set([`entity`,`title`,`range`,`height`,`newest`,`zones`,`alerts`,`workouts`,`sleep`,`band`]);return{schema:[{name:`entity`,required:!0,selector:{entity:{filter:{integration:e,domain:`sensor`},...i.length?{include_entities:i}:{}}}},{name:`title`,selector:{text:{}}},{type:`grid`,name:``,schema:[{name:`range`,default:`24h`,selector:{select:{mode:`dropdown`,options:Ht.map(e=>({value:e,label:a(`name_${e}`)}))}}},{name:`height`,selector:{number:{mode:`box`,min:120,max:1200,step:10,unit_of_measurement:`px`}}}]},{type:`expandable`,name:``,title:a(`field_show`),flatten:!0,schema:[`newest`,`zones`,`resting`,`alerts`,`workouts`,`sleep`,`band`].map(e=>({name:e,default:!0,selector:{boolean:{}}}))}],computeLabel:({name:e})=>e?a(`field_${e}`):``,computeHelper:({name:e})=>o.has(e)?a(`help_${e}`):void 0}}function W(e){let[t,n]=[[],[]];return{x:[],min:t,mean:[],max:n,low:t,high:n,count:[],from:[],to:[],single:e}}function G(e,t,n,r,i,a,o,s){e.x.push(r),e.min.push(i),e.mean.push(a),e.max.push(o),e.count.push(s),e.from.push(t),e.to.push(n)}function K(e,t,n){e.x.push((t+n)/2),e.min.push(null),e.mean.push(null),e.max.push(null),e.count.push(0),e.from.push(t),e.to.push(n)}function ln(e,t){let n=0,r=e.length;for(;n<r;){let i=n+r>>1;e[i]<t?n=i+1:r=i}return n}function un({time:e,value:t},n){let r=W(!0),i=1/0;for(let a=0;a<e.length;a++){let[o,s]=[e[a],t[a]];o-i>n&&K(r,i,o),G(r,o,o,o,s,s,s,1),i=o}return r}function dn({time:e,value:t},n,r){let i=W(!1),a=0;for(;a<e.length;){let o=e[a],s=a?e[a-1]:o;o-s>r&&K(i,s,o);let c=(Math.floor(o/n)+1)*n,[l,u,d,f,p]=[o,0,0,1/0,0];for(;a<e.length;a++){let[n,i]=[e[a],t[a]];if(n>=c||n-l>r)break;[l,u,d]=[n,u+i,d+1],i<f&&(f=i),i>p&&(p=i)}G(i,o,l,(o+l)/2,f,u/d,p,d)}return i}function fn({time:e,min:t,mean:n,max:r,count:i},a){let o=W(!1);for(let s=0;s<e.length;s++){let c=e[s],l=o.to.at(-1)??c;c-l>a&&K(o,l,c),G(o,c,c+a,c+a/2,t[s],n[s],r[s],i[s])}return o}function pn(e){let t={high:[],low:[]},n={...W(!1),low:[],high:[],hours:t},{time:r,end:i,min:a,mean:o,max:s,count:c}=e;for(let l=0;l<r.length;l++){let u=e=>e[l],d=n.to.at(-1)??u(r);if(u(r)>d){K(n,d,u(r));for(let e of[n.low,n.high])e.push(null);for(let e of[t.high,t.low])e.push(0)}G(n,u(r),u(i),(u(r)+u(i))/2,u(a),u(o),u(s),u(c)),n.low.push(u(e.p10)),n.high.push(u(e.p90)),t.high.push(u(e.hours_high)),t.low.push(u(e.hours_low))}return n}function mn({time:e,value:t},{start:n,end:r}){let i=Math.max(ln(e,n)-1,0),a=ln(e,r)+1;return{time:e.slice(i,a),value:t.slice(i,a)}}function hn(e,{start:t,end:n}){let[r,i,a,o]=[1/0,0,0,0];for(let s=0;s<e.x.length;s++){let c=e.mean[s];if(c==null||e.to[s]<t||e.from[s]>=n)continue;let l=e.count[s];r=Math.min(r,e.min[s]),i=Math.max(i,e.max[s]),a+=c*l,o+=l}return o?{min:r,mean:a/o,max:i}:void 0}function gn(e,t){let{x:n,mean:r}=e,i=ln(n,t),a=i-1;for(;i<n.length&&r[i]==null;)i++;for(;a>=0&&r[a]==null;)a--;return a<0?i<n.length?i:void 0:i>=n.length?a:n[i]-t<t-n[a]?i:a}function _n(e,t,n){let r=t+n;for(;r>=0&&r<e.x.length&&e.mean[r]==null;)r+=n;return r>=0&&r<e.x.length?r:void 0}function vn(e,{start:t,end:n},r){let[i,a]=r?[e.low,e.high]:[e.mean,e.mean],[o,s]=[1/0,0];for(let r=0;r<e.x.length;r++){let c=i[r];c==null||e.to[r]<t||e.from[r]>=n||(o=Math.min(o,c),s=Math.max(s,a[r]))}return s?[o,s]:void 0}var yn=[`light`,`moderate`,`vigorous`,`peak`];function bn(e,{name:t,custom:n}){let r=n?void 0:yn.find(e=>e===t);return r?B(e,r):t}function xn(e,t,n){let r=e.find(({start:e,end:n})=>e<=t&&t<n),i=Math.round(n);return(r?.zones??[]).filter(({min:e,max:t})=>(e!==null||t!==null)&&i>=(e??0)&&i<=(t??1/0))}var Sn=60,Cn=300,wn=400;function Tn(e,t,n,r){let i=new Map;for(let a of t){let t=En(e,{start:Math.max(a.start,n.start),end:Math.min(a.end,n.end)},r>Cn?r/2:Sn);for(let{name:e,custom:n,min:r,max:o}of a.zones){if(r===null&&o===null)continue;let a=t.subarray(r??0,(o??wn)+1).reduce((e,t)=>e+t,0),s=`${n}${e}`;i.set(s,{name:e,custom:n,minutes:(i.get(s)?.minutes??0)+a/60})}}return[...i.values()].sort(On)}function En({time:e,value:t},{start:n,end:r},i){let a=new Float64Array(wn),o=ln(e,r);for(let s=ln(e,n);s<o;s++){let n=e[s+1]??r,o=t[s];a[o]=(a[o]??0)+Math.min(n-e[s],i)}return a}function Dn(e,t){let n=e.filter(({start:e,end:n})=>Math.min(n,t.end)-Math.max(e,t.start)>=(n-e)/2),r=new Map;for(let{name:e,custom:t,minutes:i}of n.flatMap(e=>e.zones)){let n=`${t}${e}`,a=r.get(n)?.minutes,o=i===null&&a==null?null:(i??0)+(a??0);r.set(n,{name:e,custom:t,minutes:o})}return[...r.values()].sort(On)}function On(e,t){return kn(e)-kn(t)}function kn({name:e,custom:t}){return t?yn.length:yn.indexOf(e)}function An(e,t){return(Mn(e,t)?.zones??[]).filter(({name:e,custom:t,min:n,max:r})=>(t||e!==`light`)&&(n??r)!==null)}function jn(e,t){return(Mn(e,t)?.zones??[]).filter(({custom:e,min:t,max:n})=>!e&&(t!==null||n!==null)).map(({name:e,min:t})=>({from:t??0,name:e})).sort((e,t)=>e.from-t.from)}function Mn(e,t){return e.findLast(({start:e,end:n,zones:r})=>r.length&&n>t.start&&e<t.end)}var Nn=W(!0);function Pn(e,t,n,r){let i=e?.loaded===t&&e?.pixels===r;if(e&&i&&e.view===n)return e;let a=!e||!i||t&&`samples`in t.values?Fn(t,n,r):e.columns;return{loaded:t,view:n,pixels:r,columns:a,extremes:hn(a,n),zones:In(t,n)}}function Fn(e,t,n){if(!e)return Nn;let{values:r,annotations:i}=e;if(`days`in r)return pn(r.days);if(`buckets`in r)return fn(r.buckets,r.width);let{time:a}=r.samples,o=t.end-t.start,s=en(ln(a,t.end)-ln(a,t.start),o,n),c=mn(r.samples,{start:t.start-o/4,end:t.end+o/4});return s?dn(c,s,i.gap):un(c,i.gap)}function In(e,t){if(!e)return[];let{values:n,annotations:r}=e;return`samples`in n?Tn(n.samples,r.days,t,r.gap):Dn(r.days,t)}var Ln=24,Rn=30,zn=6.6,Bn=4,Vn=120,Hn=240,Un=8*Bt;function Wn({start:e,end:t},n){return{start:e,end:t??Math.max(n,e+1)}}function Gn(e,t){let{start:n,end:r}=Wn(e,t),i=(r-n)*.06;return{start:n-Math.max(Vn,i),end:r+Math.max(Hn,i)}}function Kn(e,t,n){let r=t.end-t.start<=Un;return qn(e,t,n).filter(e=>r||!Jn(e))}function qn(e,t,n){return e.filter(e=>{let{start:r,end:i}=Wn(e,n);return r<t.end&&i>t.start})}function Jn({look:e}){return e!==`workout`}function Yn(e,{view:t,width:n},r,i){let a=n/(t.end-t.start),o=Kn(e,t,r).map(e=>{let{start:n,end:o}=Wn(e,r),s=(Math.max(n,t.start)-t.start)*a,c=(Math.min(o,t.end)-t.start)*a;return{session:e,name:e.name(i),form:`icon`,left:s,right:c,middle:(s+c)/2}});return er(Zn(o.filter(({session:e})=>!Jn(e)),r),o.filter(({session:e})=>Jn(e)),n,r)}function Xn(e,t,n){let r=[...e];for(let[i,a]of e.entries()){let{session:e,form:o,left:s,right:c}=a,l=e.label(t),u=ar(l);if(Jn(e)?u>c-s:o!==`label`)continue;let d=tr((s+c)/2,u/2,n),f={...a,name:l,form:`label`,middle:d};r.every(e=>e===a||Math.abs(e.middle-d)>=(u+ir(e))/2)&&(r[i]=f)}return r}function Zn(e,t){let n=e.map((t,n)=>{let r=e[n-1]?.middle??-1/0,i=e[n+1]?.middle??1/0;return{...t,form:or(t.name,Math.min(t.middle-r,i-t.middle))}}),r=n.filter(({form:e})=>e===`mark`);return 2*r.length>n.length?Qn(n):$n(n,r,t)}function Qn(e){let t=[];for(let n of e)n.middle-(t.at(-1)?.middle??-1/0)>=Bn&&t.push({...n,form:`mark`});return t}function $n(e,t,n){for(let r of nr(t,n))e.every(e=>e===r||rr(r,e))&&(r.form=`icon`);return e}function er(e,t,n,r){let i=[...e];for(let e of nr(t,r)){let t=[e.middle,e.left,e.right].map(t=>({...e,middle:tr(t,Ln/2,n)})).find(e=>i.every(t=>rr(e,t)));t&&i.push(t)}return i.sort((e,t)=>e.middle-t.middle)}function tr(e,t,n){return Math.min(Math.max(e,t),Math.max(n-t,t))}function nr(e,t){let n=({session:e})=>{let{start:n,end:r}=Wn(e,t);return r-n};return[...e].sort((e,t)=>n(t)-n(e))}function rr(e,t){return Math.abs(t.middle-e.middle)>=(Ln+ir(t))/2}function ir({form:e,name:t}){return{label:ar(t),icon:Ln,mark:Bn}[e]}function ar(e){return Rn+e.length*zn}function or(e,t){return t>=ar(e)?`label`:t>=Ln?`icon`:`mark`}function sr(e,t){let n=ur(e,t);if(!n)return R;let r=dr(e,t),i=fr(t).map(t=>L`<span class="part"
        ><i class="swatch" style="background:var(--zone-${t.custom?`custom`:t.name})"></i
        >${pr(e,t)}</span
      >`);return L`<p class="sum">
    <span class="parts"
      ><span class="part">${n}</span
      >${r?L`<span class="part">${r}</span>`:R}${i}</span
    >
  </p>`}function cr(e,t,n){let{name:r,view:i,extremes:a,newest:o}=t,s=(t,n)=>B(e.language,t,n),c=e.period(i.start,i.end),l=n.in(i),u=(t,n)=>{let r=l.filter(e=>Jn(e)===n);return r.length?s(t,{count:e.number(r.length)}):``},d=[t.resting===void 0?``:e.number(t.resting),t.usual].filter(Boolean);return[a?s(`summary`,{name:r,period:c,...lr(e,a)}):s(`summary_nothing`,{name:r,period:c}),t.resting===void 0?``:s(`summary_resting`,{resting:d.join(`, `)}),...fr(t).map(t=>`${pr(e,t)}.`),u(`summary_workouts`,!1),u(`summary_sleep`,!0),o?s(`summary_newest`,{value:e.number(o.bpm),time:e.moment(o.time)}):``].filter(Boolean).join(` `)}function lr(e,{min:t,mean:n,max:r}){return{lowest:e.number(t),mean:e.number(n),highest:e.number(r)}}function ur(e,{extremes:t}){return t?B(e.language,`sum_range`,lr(e,t)):``}function dr(e,{resting:t,usual:n}){if(t===void 0)return``;let r=B(e.language,`resting_line`,{bpm:e.number(t)});return n?`${r}, ${n}`:r}function fr({zones:e}){return e.filter(({name:e,custom:t,minutes:n})=>n!==null&&n>=.5&&(t||e!==`light`))}function pr(e,t){return`${bn(e.language,t)} ${e.minutes(Math.round(t.minutes??0))}`}var mr=e=>we`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${e} /></svg>`,hr=mr(`M12 20.6 10.7 19.4C5.9 15.1 2.8 12.3 2.8 8.8 2.8 6 5 3.8 7.8 3.8c1.6 0 3.1.7 4.2 1.9 1-1.2 2.6-1.9 4.2-1.9 2.8 0 5 2.2 5 5 0 3.5-3.1 6.3-7.9 10.6Z`),gr=mr(`M15.4 7.4 14 6l-6 6 6 6 1.4-1.4L10.8 12Z`),_r=mr(`M8.6 16.6 10 18l6-6-6-6-1.4 1.4L13.2 12Z`),vr=mr(`M6 16.6 7.4 18l6-6-6-6L6 7.4 10.6 12ZM15.5 6h2.2v12h-2.2Z`),yr=mr(`M19 6.4 17.6 5 12 10.6 6.4 5 5 6.4 10.6 12 5 17.6 6.4 19 12 13.4 17.6 19 19 17.6 13.4 12Z`);function br(e,t,n){let{start:r,end:i}=n.view;return L`<header>
    <div class="title">
      <h2>${t||B(e.language,`title`)}</h2>
      <div class="period">${e.period(r,i)}</div>
      ${sr(e,n)}
    </div>
    ${xr(e,n)}
  </header>`}function xr(e,{newest:t}){return t?L`
    <div class="newest" title=${B(e.language,`newest`)}>
      ${hr}<b>${e.number(t.bpm)}</b>
      <small>${e.moment(t.time)}</small>
    </div>
  `:R}var Sr={ArrowLeft:(e,{shiftKey:t})=>e.step(t?-10:-1),ArrowRight:(e,{shiftKey:t})=>e.step(t?10:1),Home:e=>e.pointAt(0),End:e=>e.pointAt(1),PageUp:e=>e.move(-1),PageDown:e=>e.move(1),"+":e=>e.zoom(.5),"=":e=>e.zoom(.5),"-":e=>e.zoom(2),Escape:e=>e.leave()};function Cr(e,t){if(e.ctrlKey||e.metaKey||e.altKey)return;let n=e.target===e.currentTarget?Sr[e.key]:void 0;n&&(e.preventDefault(),e.stopPropagation(),n(t,e))}var wr=class{constructor(e){this.changed=e,this.isPinned=!1}follow(e){let t=this.place;(e?.index!==t?.index||e?.left!==t?.left||e?.top!==t?.top)&&(this.place=e,this.changed())}get fraction(){return this.place&&this.place.left/(this.plot?.frame.width??1)}pin(e){this.isPinned=e!==void 0,this.plot?.pointAt(e)}pinAt(e){this.pin(this.plot?.at(e))}leave(){(this.place||this.isPinned)&&this.pin(void 0)}next(e,t){if(!this.place)return this.plot?.at(+(t<0));let{index:n}=this.place;for(let r=Math.abs(t);r;r--)n=_n(e,n,Math.sign(t))??n;return n}};function Tr(e,t,n){let r=t=>B(e.language,t),i=an(t.view),a=(e,t,n,i=!1)=>L`
    <button class="round ${e}" aria-label=${r(e)} title=${r(e)} ?disabled=${i} @click=${n}>
      ${t}
    </button>
  `;return L`
    <div class="steps">
      ${a(`back`,gr,()=>t.move(-1))}
      <div class="ranges" role="group" aria-label=${r(`ranges`)}>
        ${Ut.map(e=>L`<button aria-pressed=${e===i} @click=${()=>n(e)}>
              ${r(`range_${e}`)}
            </button>`)}
      </div>
      ${a(`forward`,_r,()=>t.move(1),t.isLive)}
      ${a(`now`,vr,()=>t.toNow(),t.isLive)}
    </div>
  `}var Er=1e4,Dr=[`unauthorized`,`not_found`];function Or(e,t,n,r){let i=0,a,o,s=async()=>{let c=++i;clearTimeout(a),o=void 0;try{let r=await e.subscribeMessage(e=>{c===i&&n(e)},t,{resubscribe:!1});c===i?o=r:r().catch(()=>void 0)}catch(e){if(c!==i)return;let t=kr(e);t.code!==`unauthorized`&&(a=setTimeout(s,Er)),r(t)}};return e.addEventListener(`ready`,s),s(),()=>{i++,clearTimeout(a),e.removeEventListener(`ready`,s),o?.().catch(()=>void 0)}}function kr(e){let{code:t,message:n}=e??{};return{code:String(t??``),message:String(n??``)}}var Ar=[...Dr,`home_assistant_error`];function jr(e,t,n,r,i){let{error:a,loaded:o,latest:s,loading:c}=t,l=(t,n)=>B(e.language,t,n),u=a&&Ar.includes(a.code);if(a&&(u||!o))return L`<div class="says error" role="alert">
      <p>${l(u?`error_${a.code}`:`error_other`)}</p>
      ${Dr.includes(a.code)?R:L`<small>${a.message}</small>`}
    </div>`;if(!o||c||!r)return R;if(s===null)return L`<div class="says"><p>${l(`nothing_yet`)}</p></div>`;let d=s!==void 0&&(s<n.start||s>=n.end);return L`<div class="says" role="status">
    <p>
      ${l(`nothing_here`)}
      ${d?l(`newest_from`,{time:e.dayAndTime(s)}):R}
    </p>
    ${d?L`<button class="go" @click=${()=>i(s)}>${l(`go_there`)}</button>`:R}
  </div>`}var Mr=[...[1,5,10,15,30].map(e=>e),...[1,2,5,10,15,30].map(e=>e*60),...[1,2,3,4,6,12].map(e=>e*zt),...[1,2,7,14].map(e=>e*Bt)],Nr=[1,2,3,6,12,24,60],Pr=30*Bt,Fr=3;function Ir(e,t,n){let r=Mr.find(e=>e>=t);if(r){let t=e=>r>=86400||n.zone.local(e)%86400==0?n.date(e):r<60?n.second(e):n.time(e);return Lr(e,r,n).map(e=>({time:e,label:t(e)}))}return Rr(e,Nr.find(e=>e*Pr>=t)??120,n.zone).map(({time:e,month:t})=>({time:e,label:t===0?n.year(e):n.month(e)}))}function Lr({start:e,end:t},n,{zone:r,firstWeekday:i}){let a=n%604800?0:(Fr+i)*Bt,o=[],s=Math.ceil((r.local(e)-a)/n)*n+a;for(;r.moment(s)<=t;s+=n){let t=r.moment(s);t>=e&&t>(o.at(-1)??0)&&o.push(t)}return o}function Rr({start:e,end:t},n,r){let i=[],a=new Date(r.local(e)*1e3),o=Math.floor((a.getUTCFullYear()*12+a.getUTCMonth())/n)*n;for(;;o+=n){let n=r.moment(Date.UTC(Math.floor(o/12),o%12)/1e3);if(n>t)return i;n>=e&&i.push({time:n,month:o%12})}}function zr(e,t){let n=Math.floor((e-4)/10)*10,r=Math.ceil((t+6)/10)*10;return r-n<40&&(n=Math.max(Math.floor((e+t)/20)*10-20,0),r=n+40,t+6>r&&(r+=10)),[Math.max(n,0),r]}var Br=[60,100],Vr=60;function Hr({drawn:e,annotations:t,sessions:n,config:r,formats:i,isLive:a}){let{view:o,columns:s}=e,c=t?.days??[],[l,u]=[r.zones!==!1,r.resting!==!1],d=r.band!==!1&&!s.single,f=u?Ur(c,o):void 0,[p,m]=vn(s,o,d)??Br,h=n.in(o),g=Date.now()/1e3;return{view:o,columns:s,bpm:zr(Math.min(p,f??p),m),scale:l?An(c,o):[],steps:l?jn(c,o):[],days:u?c:[],resting:B(i.language,`resting_line`,{bpm:f===void 0?``:i.number(f)}),alerts:r.alerts===!1?[]:t?.alerts??[],hasAlerts:r.alerts!==!1,sessions:h.map(e=>({...Wn(e,g),look:e.look})),peak:Wr(s,o,h,i,g),hasNames:n.named(o).length>0,hasBand:d,isLive:a,formats:i}}function Ur(e,{start:t,end:n}){return e.findLast(({resting:e,end:r,start:i})=>e!==null&&r>t&&i<n)?.resting??void 0}function Wr(e,t,n,r,i){if(e.hours)return;let a=-1;for(let n=0;n<e.x.length;n++){let[r,i]=[e.x[n],e.max[n]];i==null||r<t.start||r>t.end||(a<0||i>e.max[a])&&(a=n)}if(a<0)return;let[o,s]=[e.x[a],e.max[a]],c=r.number(s),l=n.find(e=>{let{start:t,end:n}=Wn(e,i);return e.look===`workout`&&o>=t-Vr&&o<=n+Vr})?.source;return{time:o,bpm:s,words:l?.recovery?B(r.language,`peak_recovery`,{highest:c,change:r.change(-l.recovery)}):c,isWorkout:!!l}}var Gr=[`AWAKE`,`RESTLESS`,`REM`,`LIGHT`,`ASLEEP`,`DEEP`];function Kr(e,t){let n=Xr(e),r=t.end-t.start;return e.filter(({start:e,end:n})=>e<t.end&&n>t.start).map(({type:e,start:i,end:a})=>{let[o,s]=[Math.max(i,t.start),Math.min(a,t.end)],[c,l]=[(o-t.start)/r,(s-o)/r];return{type:e,colour:Yr(e),row:n.indexOf(e),left:c,width:l}})}function qr(e){return Xr(e).map(t=>({type:t,seconds:e.reduce((e,n)=>e+(n.type===t?n.end-n.start:0),0)}))}function Jr(e,t){let n=`stage_${t.toLowerCase()}`;return $e(n)?B(e,n):et(t)||B(e,`stage_unknown`)}function Yr(e){return`var(--stage-${Gr.includes(e)?e.toLowerCase():`unknown`})`}function Xr(e){let t=e=>Gr.includes(e)?Gr.indexOf(e):Gr.length;return[...new Set(e.map(({type:e})=>e))].sort((e,n)=>t(e)-t(n))}var Zr={night:`mdi:weather-night`,nap:`mdi:power-sleep`};function Qr(e){let{id:t,type:n,start:r,end:i}=e,a=e=>B(e,n);return{id:`sleep-${t}`,look:n,start:r,end:i,icon:Zr[n],source:e,name:a,label:t=>B(t.language,`asleep_for`,{time:t.hours(e.asleep)}),at:(t,n)=>{let r=e.stages.find(e=>e.start<=n&&n<e.end);return r?`${a(t)}: ${Jr(t,r.type)}`:a(t)},when:(t,n)=>$r(t,e,n),figures:t=>{let{mean:n,lowest:r,lowest_at:i,dip:a}=e,o=r===null?null:t.number(r);return[[`asleep`,t.hours(e.asleep)],[`sleeping`,n===null?null:t.number(n)],[`lowest`,o&&i!==null?`${o} · ${t.time(i)}`:o],[`dip`,a===null?null:t.percent(a)]]},below:(t,n)=>ei(t,e,n)}}function $r(e,t,n){let{start:r,end:i}=Wn(t,n);return t.end===null?`${e.dayAndTime(r)}, ${B(e.language,`sleep_running`)}`:e.period(r,i)}function ei(e,t,{view:n,left:r,width:i}){let a=qr(t.stages);if(!a.length)return R;let{language:o}=e;return L`
    <div
      class="stages"
      aria-hidden="true"
      style="--rows:${a.length};margin-inline-start:${r}px;width:${i}px"
    >
      ${Kr(t.stages,n).map(e=>L`<i
            style="--row:${e.row};left:${100*e.left}%;width:${100*e.width}%;background:${e.colour}"
          ></i>`)}
    </div>
    <ul class="legend" aria-label=${B(o,`stages`)}>
      ${a.map(({type:t,seconds:n})=>L`<li>
            <i class="swatch" style="background:${Yr(t)}"></i>
            ${Jr(o,t)} <span>${e.hours(n)}</span>
          </li>`)}
    </ul>
  `}var ti=[[`WATER_POLO`,`water-polo`],[`TABLE_TENNIS`,`table-tennis`],[`WHEELCHAIR`,`wheelchair-accessibility`],[`MOTOR`,`motorbike`],[`HIK`,`hiking`],[`BACKPACK`,`hiking`],[`RUCKING`,`hiking`],[`RUN`,`run`],[`TREADMILL_WALK`,`walk`],[`TREADMILL`,`run`],[`WALK`,`walk`],[`STATIONARY_BIKE`,`bicycle`],[`SPINNING`,`bicycle`],[`BIK`,`bike`],[`CYCLING`,`bike`],[`SWIM`,`swim`],[`DIVING`,`diving`],[`ROWING`,`rowing`],[`KAYAK`,`kayaking`],[`CANOE`,`kayaking`],[`SAIL`,`sail-boat`],[`SURF`,`surfing`],[`SNOWBOARD`,`snowboard`],[`SKIING`,`ski`],[`SKI`,`ski-cross-country`],[`SKATEBOARD`,`skateboard`],[`SKAT`,`skate`],[`YOGA`,`yoga`],[`PILATES`,`yoga`],[`STRETCH`,`yoga`],[`MEDITATE`,`meditation`],[`STAIR`,`stairs-up`],[`WEIGHT`,`dumbbell`],[`STRENGTH`,`dumbbell`],[`POWERLIFTING`,`weight-lifter`],[`JUMPING_ROPE`,`jump-rope`],[`DANC`,`dance-ballroom`],[`ZUMBA`,`dance-ballroom`],[`BOX`,`boxing-glove`],[`KARATE`,`karate`],[`MARTIAL`,`karate`],[`TENNIS`,`tennis`],[`BADMINTON`,`badminton`],[`BASKETBALL`,`basketball`],[`VOLLEYBALL`,`volleyball`],[`HANDBALL`,`handball`],[`FOOTBALL`,`football`],[`SOCCER`,`soccer`],[`GOLF`,`golf`],[`GYMNASTICS`,`gymnastics`]],ni=`heart-pulse`;function ri(e,t){let n=`exercise_${t.toLowerCase()}`;return $e(n)?B(e,n):et(t)||B(e,`exercise_workout`)}function ii(e){return`mdi:${ti.find(([t])=>e.includes(t))?.[1]??ni}`}function ai(e){let{id:t,type:n,start:r,end:i}=e,a=e=>ri(e,n);return{id:`workout-${t}`,look:`workout`,start:r,end:i,icon:ii(n),source:e,name:a,label:e=>i===null?a(e.language):`${a(e.language)} ${e.seconds(i-r)}`,at:a,when:(t,n)=>oi(t,e,n),figures:t=>{let n=e=>e===null?null:t.number(e),r=e=>e===null?null:t.change(-e);return[[`lowest`,n(e.lowest)],[`mean`,n(e.mean)],[`highest`,n(e.highest)],[`recovery`,r(e.recovery)],[`recovery_120`,r(e.recovery_120)]]},below:t=>si(t,e)}}function oi(e,t,n){let{start:r,end:i}=Wn(t,n);return t.end===null?`${e.dayAndTime(r)}, ${B(e.language,`workout_running`)}`:`${e.period(r,i)}, ${e.seconds(i-r)}`}function si(e,t){let n=yn.map(e=>({name:e,seconds:t.zones[e]??0})).filter(({seconds:e})=>e>0);return n.length?L`
    <div class="zone-bar" aria-hidden="true">
      ${n.map(({name:e,seconds:t})=>L`<i style="flex-grow:${t};background:var(--zone-${e})"></i>`)}
    </div>
    <ul class="legend" aria-label=${B(e.language,`workout_zones`)}>
      ${n.map(({name:t,seconds:n})=>L`<li>
            <i class="swatch" style="background:var(--zone-${t})"></i>
            ${B(e.language,t)}
            <span>${e.seconds(n)}</span>
          </li>`)}
    </ul>
  `:R}var ci=class{constructor(){this.all=[],this.madeOf=[]}take(e,{workouts:t,sleep:n}){let r=[e,t,n];if(r.every((e,t)=>e===this.madeOf[t])&&this.madeOf.length)return;this.madeOf=r;let i=n===!1?[]:e?.nights??[],a=t===!1?[]:e?.workouts??[];this.all=[...i.map(Qr),...a.map(ai)],this.all.sort((e,t)=>e.start-t.start),this.opened=this.all.find(({id:e})=>e===this.opened?.id)??this.opened}in(e){return Kn(this.all,e,Date.now()/1e3)}named(e){return this.in(e).filter(({id:e})=>e!==this.opened?.id)}at(e,t){return qn(this.in(e),t,Date.now()/1e3)}open(e,t){this.before??=t,this.opened=e}close(){let{before:e}=this;return this.opened=this.before=void 0,e}},li=5,ui=.9,di=.9,fi=()=>Date.now()/1e3,pi=class{constructor(e){this.changed=e,this.view={start:0,end:0},this.isLive=!0}get shown(){return{view:this.view,isLive:this.isLive}}get span(){return this.view.end-this.view.start}showLast(e){this.upTo(Vt[e])}choose(e){this.isLive?this.showLast(e):this.go({start:this.view.end-Vt[e],end:this.view.end})}go(e){let t=fi();this.view=tn(e,t),this.isLive=this.view.end>=t-li,this.changed()}move(e){this.go(rn(this.view,e))}zoom(e,t){let n=t??(this.isLive?1:.5);this.go(nn(this.view,e,this.isLive&&n>di?1:n))}toNow(){this.upTo(this.span)}toTime(e){this.go({start:e-this.span*ui,end:e+this.span*.09999999999999998})}restore({view:e,isLive:t}){t?this.upTo(e.end-e.start):this.go(e)}follow(){this.isLive&&this.upTo(this.span)}upTo(e){let t=fi();this.view={start:t-e,end:t},this.isLive=!0,this.changed()}};function mi(e,t,{start:n,end:r}){return e.callWS({type:`fitbit_cardiogram/heart_rate`,entry_id:t,start:n,end:r})}function hi(e,t,{start:n,end:r},i){return e.callWS({type:`fitbit_cardiogram/heart_rate`,entry_id:t,start:n,end:r,width:i})}function gi(e,t,{start:n,end:r}){return e.callWS({type:`fitbit_cardiogram/heart_rate`,entry_id:t,start:n,end:r,period:`day`})}async function _i(e,t,{start:n,end:r}){let i=await e.callWS({type:`fitbit_cardiogram/annotations`,entry_id:t,start:n,end:r});return{...i,nights:i.nights??[]}}function vi({connection:e},t,n,r){return Or(e,{type:`fitbit_cardiogram/subscribe`,entry_id:t},({latest:e,lacks:t})=>n({latest:e,lacks:t??[]}),r)}var yi=150,bi=5e3,xi=1e4,Si=60;function Ci(e){return`samples`in e?e.samples.time:`days`in e?e.days.time:e.buckets.time}var wi=class{constructor(e){this.changed=e,this.lacks=[],this.loading=!1,this.paused=!1,this.isMissing=!1,this.question=0,this.fetchDue=1/0,this.fetched=-1/0}follow(e,t){this.hass=e,t!==this.entryId&&(this.stop(),this.loaded=this.latest=this.error=this.wanted=this.asked=void 0,this.lacks=[],this.entryId=t,t&&this.listen(e,t))}stop(){clearTimeout(this.fetchTimer),this.fetchDue=1/0,this.fetched=-1/0,this.question++,this.unsubscribe?.(),this.unsubscribe=this.entryId=void 0,this.loading=!1}pause(e){this.paused!==e&&(this.paused=e,!e&&this.isMissing&&this.fetchIn(0))}show(e,t){this.wanted=Qt(e,t,Date.now()/1e3);let n=this.asked??this.loaded?.plan;n&&$t(n,e,this.wanted)||e===this.shown&&Number.isFinite(this.fetchDue)||(this.shown=e,clearTimeout(this.fetchTimer),this.fetchDue=1/0,this.fetchIn(this.loaded?yi:0))}fetchIn(e){let t=performance.now()+e;t>=this.fetchDue||(clearTimeout(this.fetchTimer),this.fetchDue=t,this.fetchTimer=setTimeout(()=>{this.fetchDue=1/0,this.fetch()},e))}async fetch(){let{hass:e,entryId:t,wanted:n}=this;if(!e||!t||!n||(this.isMissing=this.paused,this.paused))return;let r=++this.question;this.asked=n,this.loading=!0,this.fetched=performance.now(),this.changed();try{let[i,a]=await Promise.all([Ti(e,t,n),_i(e,t,n)]);if(r!==this.question)return;this.loaded={plan:n,values:i,annotations:a,arrived:performance.now()},this.error=this.asked=void 0}catch(e){if(r!==this.question)return;this.fail(kr(e)),this.error?.code!==`unauthorized`&&this.fetchIn(xi)}this.loading=!1,this.changed()}listen(e,t){let n=!0;this.unsubscribe=vi(e,t,({latest:e,lacks:t})=>{this.latest=e,this.lacks=t,n||this.fetchIn(Math.max(this.fetched+bi-performance.now(),0)),n=!1,this.changed()},e=>{this.fail(e),this.changed()})}fail(e){this.error=e,e.code===`unauthorized`&&(this.loaded=void 0)}};async function Ti(e,t,n){let{width:r,daily:i}=n;if(i)return{days:await gi(e,t,n)};if(r!==void 0)return{buckets:await hi(e,t,n,r),width:r};try{return{samples:await mi(e,t,n)}}catch(r){if(r.code!==`too_many_values`)throw r;return{buckets:await hi(e,t,n,Si),width:Si}}}var Ei=`fitbit-cardiogram:draw`,Di=class{note(e){if(!e||e===this.measured)return;this.measured=e;let t=performance.now();requestAnimationFrame(()=>{performance.clearMeasures(Ei),performance.measure(Ei,{start:e.arrived,end:performance.now(),detail:{points:Ci(e.values).length,script:t-e.arrived}})})}},Oi=900,ki=class{constructor(e){this.name=e,this.offsets=new Map,this.format=new Intl.DateTimeFormat(`en-US`,{timeZone:e,timeZoneName:`longOffset`})}offset(e){let t=Math.floor(e/Oi),n=this.offsets.get(t);if(n===void 0){let e=this.format.format(t*Oi*1e3),[,r,i,a]=/GMT([+-])(\d+):(\d+)/.exec(e)??[];n=r?(r===`-`?-1:1)*(Number(i)*3600+Number(a)*60):0,this.offsets.set(t,n)}return n}local(e){return e+this.offset(e)}moment(e){let t=e-this.offset(e);return e-this.offset(t)}midnight(e){return this.moment(Math.floor(this.local(e)/86400)*86400)}},Ai={comma_decimal:[`en-US`,`en`],decimal_comma:[`de`,`es`,`it`],space_comma:[`fr`,`sv`,`cs`],quote_decimal:[`de-CH`]},ji=[`sunday`,`monday`,`tuesday`,`wednesday`,`thursday`,`friday`,`saturday`],Mi=class{constructor(e,t){this.made=new Map,this.durations=new Map,this.language=e.language,this.zone=new ki(e.time_zone===`server`?t:Intl.DateTimeFormat().resolvedOptions().timeZone),this.firstWeekday=Li(e),this.clock=Ii(e)?{hour:`numeric`,hourCycle:`h12`}:{hour:`2-digit`,hourCycle:`h23`};let n=e.number_format===`system`?void 0:Ai[e.number_format]??e.language,r={maximumFractionDigits:0,useGrouping:e.number_format!==`none`};this.relative=new Intl.RelativeTimeFormat(this.language,{numeric:`auto`,style:`short`}),this.whole=new Intl.NumberFormat(n,r),this.signed=new Intl.NumberFormat(n,{...r,signDisplay:`exceptZero`}),this.share=new Intl.NumberFormat(n,{...r,style:`percent`})}number(e){return this.whole.format(e)}change(e){return this.signed.format(e).replace(`-`,`−`)}percent(e){return this.share.format(e/100).replace(`-`,`−`)}hours(e){let t=Math.round(e/60),n=[];return t>=60&&n.push(this.duration(`hour`,0).format(Math.floor(t/60))),(t%60||!n.length)&&n.push(this.duration(`minute`,0).format(t%60)),n.join(` `)}ago(e,t=Date.now()/1e3){let n=Math.max(Math.floor((t-e)/60),0);if(!n)return this.relative.format(0,`second`);if(n<120)return this.relative.format(-n,`minute`);let r=Math.floor(n/60);return r<48?this.relative.format(-r,`hour`):this.relative.format(-Math.floor(r/24),`day`)}noon(e){return this.zone.moment(Date.parse(`${e}T12:00:00Z`)/1e3)}civilDay(e){return new Date(this.zone.local(e)*1e3).toISOString().slice(0,10)}nearDay(e,t=Date.now()/1e3){let n=Math.round((this.zone.midnight(t)-this.zone.midnight(e))/86400);return n===0||n===1?this.relative.format(-n,`day`):n>1&&n<7?this.format({weekday:`long`},e):this.day(e)}moment(e,t=Date.now()/1e3){return this.zone.midnight(e)===this.zone.midnight(t)?this.time(e):`${this.nearDay(e,t)}, ${this.time(e)}`}weekday(e){return this.format({weekday:`narrow`},e)}fullDate(e){return this.year(e)===this.year(Date.now()/1e3)?this.format({day:`numeric`,month:`long`},e):this.format({day:`numeric`,month:`long`,year:`numeric`},e)}seconds(e){return e<60?this.duration(`second`,0).format(e):this.minutes(e/60)}minutes(e){return e<120?this.duration(`minute`,0).format(e):this.duration(`hour`,+(e<6e3)).format(e/60)}time(e){return this.format({...this.clock,minute:`2-digit`},e)}second(e){return this.format({...this.clock,minute:`2-digit`,second:`2-digit`},e)}day(e){return this.format({weekday:`short`,day:`numeric`,month:`short`},e)}date(e){return this.format({day:`numeric`,month:`short`},e)}month(e){return this.format({month:`short`},e)}year(e){return this.format({year:`numeric`},e)}dayAndTime(e){return this.format({...this.clock,minute:`2-digit`,weekday:`short`,day:`numeric`,month:`short`},e)}period(e,t,n=!0){let r=t-e,i=Date.now()/1e3,a={day:`numeric`,month:`short`,...this.year(e)===this.year(i)&&this.year(t)===this.year(i)?{}:Ni},o=r>345600?a:{...n?{weekday:`short`}:{},...a,...this.clock,minute:`2-digit`};return this.formatter(o).formatRange(e*1e3,t*1e3)}days(e,t){return this.formatter({weekday:`short`,day:`numeric`,month:`short`}).formatRange(e*1e3,t*1e3)}duration(e,t){let n=e+t,r=this.durations.get(n);if(!r){let i={style:`unit`,unit:e,unitDisplay:`short`,maximumFractionDigits:t};r=new Intl.NumberFormat(this.language,i),this.durations.set(n,r)}return r}format(e,t){return this.formatter(e).format(t*1e3)}formatter(e){let t=Object.entries(e).join(),n=this.made.get(t);return n||(n=new Intl.DateTimeFormat(this.language,{...e,timeZone:this.zone.name}),this.made.set(t,n)),n}},Ni={year:`numeric`};function Pi(e){return(e.locale!==Fi?.locale||e.config.time_zone!==Fi.zone)&&(Fi={locale:e.locale,zone:e.config.time_zone,formats:new Mi(e.locale,e.config.time_zone)}),Fi.formats}var Fi;function Ii(e){if(e.time_format===`12`||e.time_format===`24`)return e.time_format===`12`;let t=e.time_format===`language`?e.language:void 0;return!!new Intl.DateTimeFormat(t,{hour:`numeric`}).resolvedOptions().hour12}function Li(e){let t=ji.indexOf(e.first_weekday);if(t>=0)return t;let n=new Intl.Locale(e.language);return((n.getWeekInfo?.()??n.weekInfo)?.firstDay??1)%7}var Ri=.0018,zi=6,Bi=320;function Vi(e,t){let n=new Map,r=!1,i=-1/0,a=t=>{let{left:n,width:r}=e.getBoundingClientRect();return Math.min(Math.max((t-n)/Math.max(r,1),0),1)},o=()=>Math.max(e.clientWidth,1),s=e=>{(e.pointerType!==`mouse`||e.button===0)&&(n.size||(r=!1),n.set(e.pointerId,{x:e.clientX,y:e.clientY}),n.size>1&&(r=!0))},c=i=>{let s=n.get(i.pointerId);if(!s)return;let c={x:i.clientX,y:i.clientY};if(!r){if(Math.abs(c.x-s.x)<zi)return;r=!0}e.hasPointerCapture(i.pointerId)||e.setPointerCapture(i.pointerId);let l=[...n].find(([e])=>e!==i.pointerId)?.[1];if(l){let[e,n]=[Math.abs(s.x-l.x),Math.abs(c.x-l.x)],r=a((c.x+l.x)/2);e>zi&&n>zi&&t.zoom(e/n,r),t.pan((s.x-c.x)/2/o())}else t.drag(!0),t.pan((s.x-c.x)/o());n.set(i.pointerId,c)},l=e=>{n.delete(e.pointerId)&&(n.size||t.drag(!1),r||e.type===`pointercancel`||(e.timeStamp-i<Bi?(i=-1/0,t.reset()):(i=e.timeStamp,t.point(a(e.clientX)))))},u=[[`pointerdown`,s],[`pointermove`,c],[`pointerup`,l],[`pointercancel`,l],[`wheel`,e=>{if(Math.abs(e.deltaX)>Math.abs(e.deltaY)){e.preventDefault(),t.pan(e.deltaX/o());return}if(!e.ctrlKey&&!e.metaKey&&!t.mayWheel()){t.refusedWheel();return}e.preventDefault();let n=e.deltaMode===WheelEvent.DOM_DELTA_LINE?33:1,r=e.ctrlKey&&Math.abs(e.deltaY)<40?5*Ri:Ri;t.zoom(Math.exp(e.deltaY*n*r),a(e.clientX))},{passive:!1}]];for(let[t,n,r]of u)e.addEventListener(t,n,r);return()=>{for(let[t,n]of u)e.removeEventListener(t,n)}}function Hi(e,t,n){return n.some(n=>e[n]!==t[n])}var Ui=`fitbit-cardiogram-hidden-sleep-`;function Wi(t,{entryId:n},r){if(Ki(n))return R;let i=()=>{qi(n),r()},a=B(t,`hide`);return L`<p class="lacks">
    <span>
      ${B(t,`sleep_lacks`)}
      <a href="/config/integrations/integration/${e}#config_entry=${n}"
        >${B(t,`open_account`)}</a
      >
    </span>
    <button aria-label=${a} title=${a} @click=${i}>${yr}</button>
  </p>`}var Gi=new Set;function Ki(e){try{return Gi.has(e)||localStorage.getItem(Ui+e)!==null}catch{return Gi.has(e)}}function qi(e){Gi.add(e);try{localStorage.setItem(Ui+e,`1`)}catch{}}var Ji=!0,Yi=`uplot`,Xi=`u-hz`,Zi=`u-vt`,Qi=`u-title`,$i=`u-wrap`,ea=`u-under`,ta=`u-over`,na=`u-axis`,ra=`u-off`,ia=`u-select`,aa=`u-cursor-x`,oa=`u-cursor-y`,sa=`u-cursor-pt`,ca=`u-legend`,la=`u-live`,ua=`u-inline`,da=`u-series`,fa=`u-marker`,pa=`u-label`,ma=`u-value`,ha=`width`,ga=`height`,_a=`top`,va=`bottom`,ya=`left`,ba=`right`,xa=`#000`,Sa=`#0000`,Ca=`mousemove`,wa=`mousedown`,Ta=`mouseup`,Ea=`mouseenter`,Da=`mouseleave`,Oa=`dblclick`,ka=`resize`,Aa=`scroll`,ja=`change`,Ma=`dppxchange`,Na=`--`,Pa=typeof window<`u`,Fa=Pa?document:null,Ia=Pa?window:null,La=Pa?navigator:null,q,Ra;function za(){let e=devicePixelRatio;q!=e&&(q=e,Ra&&$a(ja,Ra,za),Ra=matchMedia(`(min-resolution: ${q-.001}dppx) and (max-resolution: ${q+.001}dppx)`),Qa(ja,Ra,za),Ia.dispatchEvent(new CustomEvent(Ma)))}function Ba(e,t){if(t!=null){let n=e.classList;!n.contains(t)&&n.add(t)}}function Va(e,t){let n=e.classList;n.contains(t)&&n.remove(t)}function J(e,t,n){e.style[t]=n+`px`}function Ha(e,t,n,r){let i=Fa.createElement(e);return t!=null&&Ba(i,t),n?.insertBefore(i,r),i}function Ua(e,t){return Ha(`div`,e,t)}var Wa=new WeakMap;function Ga(e,t,n,r,i){let a=`translate(`+t+`px,`+n+`px)`;a!=Wa.get(e)&&(e.style.transform=a,Wa.set(e,a),t<0||n<0||t>r||n>i?Ba(e,ra):Va(e,ra))}var Ka=new WeakMap;function qa(e,t,n){let r=t+n;r!=Ka.get(e)&&(Ka.set(e,r),e.style.background=t,e.style.borderColor=n)}var Ja=new WeakMap;function Ya(e,t,n,r){let i=t+``+n;i!=Ja.get(e)&&(Ja.set(e,i),e.style.height=n+`px`,e.style.width=t+`px`,e.style.marginLeft=r?-t/2+`px`:0,e.style.marginTop=r?-n/2+`px`:0)}var Xa={passive:!0},Za={...Xa,capture:!0};function Qa(e,t,n,r){t.addEventListener(e,n,r?Za:Xa)}function $a(e,t,n,r){t.removeEventListener(e,n,Xa)}Pa&&za();function eo(e,t,n,r){let i;n||=0,r||=t.length-1;let a=r<=2147483647;for(;r-n>1;)i=a?n+r>>1:So((n+r)/2),t[i]<e?n=i:r=i;return e-t[n]<=t[r]-e?n:r}function to(e){return(t,n,r)=>{let i=-1,a=-1;for(let a=n;a<=r;a++)if(e(t[a])){i=a;break}for(let i=r;i>=n;i--)if(e(t[i])){a=i;break}return[i,a]}}var no=e=>e!=null,ro=e=>e!=null&&e>0,io=to(no),ao=to(ro);function oo(e,t,n,r=0,i=!1){let a=i?ao:io,o=i?ro:no;[t,n]=a(e,t,n);let s=e[t],c=e[t];if(t>-1){if(r==1)s=e[t],c=e[n];else if(r==-1)s=e[n],c=e[t];else for(let r=t;r<=n;r++){let t=e[r];o(t)&&(t<s?s=t:t>c&&(c=t))}}return[s??X,c??-X]}function so(e,t,n,r){let i=Oo(e),a=Oo(t);e==t&&(i==-1?(e*=n,t/=n):(e/=n,t*=n));let o=n==10?ko:Ao,s=i==1?So:wo,c=a==1?wo:So,l=s(o(xo(e))),u=c(o(xo(t))),d=Do(n,l),f=Do(n,u);return n==10&&(l<0&&(d=Q(d,-l)),u<0&&(f=Q(f,-u))),r||n==2?(e=d*i,t=f*a):(e=Ko(e,d),t=Go(t,f)),[e,t]}function co(e,t,n,r){let i=so(e,t,n,r);return e==0&&(i[0]=0),t==0&&(i[1]=0),i}var lo=.1,uo={mode:3,pad:lo},fo={pad:0,soft:null,mode:0},po={min:fo,max:fo};function mo(e,t,n,r){return rs(n)?go(e,t,n):(fo.pad=n,fo.soft=r?0:null,fo.mode=r?3:0,go(e,t,po))}function Y(e,t){return e??t}function ho(e,t,n){for(t=Y(t,0),n=Y(n,e.length-1);t<=n;){if(e[t]!=null)return!0;t++}return!1}function go(e,t,n){let r=n.min,i=n.max,a=Y(r.pad,0),o=Y(i.pad,0),s=Y(r.hard,-X),c=Y(i.hard,X),l=Y(r.soft,X),u=Y(i.soft,-X),d=Y(r.mode,0),f=Y(i.mode,0),p=t-e,m=ko(p),h=Eo(xo(e),xo(t)),g=xo(ko(h)-m);(p<1e-24||g>10)&&(p=0,(e==0||t==0)&&(p=1e-24,d==2&&l!=X&&(a=0),f==2&&u!=-X&&(o=0)));let _=p||h||1e3,v=Do(10,So(ko(_))),y=Q(Ko(e-_*(p==0?e==0?.1:1:a),v/10),24),b=e>=l&&(d==1||d==3&&y<=l||d==2&&y>=l)?l:X,x=Eo(s,y<b&&e>=b?b:To(b,y)),S=Q(Go(t+_*(p==0?t==0?.1:1:o),v/10),24),C=t<=u&&(f==1||f==3&&S>=u||f==2&&S<=u)?u:-X,w=To(c,S>C&&t<=C?C:Eo(C,S));return x==w&&x==0&&(w=100),[x,w]}var _o=new Intl.NumberFormat(Pa?La.language:`en-US`),vo=e=>_o.format(e),yo=Math,bo=yo.PI,xo=yo.abs,So=yo.floor,Co=yo.round,wo=yo.ceil,To=yo.min,Eo=yo.max,Do=yo.pow,Oo=yo.sign,ko=yo.log10,Ao=yo.log2,jo=(e,t=1)=>yo.sinh(e)*t,Mo=(e,t=1)=>yo.asinh(e/t),X=1/0;function No(e){return(ko((e^e>>31)-(e>>31))|0)+1}function Po(e,t,n){return To(Eo(e,t),n)}function Fo(e){return typeof e==`function`}function Z(e){return Fo(e)?e:()=>e}var Io=()=>{},Lo=e=>e,Ro=(e,t)=>t,zo=e=>null,Bo=e=>!0,Vo=(e,t)=>e==t,Ho=/\.\d*?(?=9{6,}|0{6,})/gm,Uo=e=>{if(es(e)||qo.has(e))return e;let t=`${e}`,n=t.match(Ho);if(n==null)return e;let r=n[0].length-1;if(t.indexOf(`e-`)!=-1){let[e,n]=t.split(`e`);return+`${Uo(e)}e${n}`}return Q(e,r)};function Wo(e,t){return Uo(Q(Uo(e/t))*t)}function Go(e,t){return Uo(wo(Uo(e/t))*t)}function Ko(e,t){return Uo(So(Uo(e/t))*t)}function Q(e,t=0){if(es(e))return e;let n=10**t;return Co(e*n*(1+2**-52))/n}var qo=new Map;function Jo(e){return((``+e).split(`.`)[1]||``).length}function Yo(e,t,n,r){let i=[],a=r.map(Jo);for(let o=t;o<n;o++){let t=xo(o),n=Q(Do(e,o),t);for(let s=0;s<r.length;s++){let c=e==10?+`${r[s]}e${o}`:r[s]*n,l=(o>=0?0:t)+(o>=a[s]?0:a[s]),u=e==10?c:Q(c,l);i.push(u),qo.set(u,l)}}return i}var Xo={},Zo=[],Qo=[null,null],$o=Array.isArray,es=Number.isInteger,ts=e=>e===void 0;function ns(e){return typeof e==`string`}function rs(e){let t=!1;if(e!=null){let n=e.constructor;t=n==null||n==Object}return t}function is(e){return typeof e==`object`&&!!e}var as=Object.getPrototypeOf(Uint8Array),os=`__proto__`;function ss(e,t=rs){let n;if($o(e)){let r=e.find(e=>e!=null);if($o(r)||t(r)){n=Array(e.length);for(let r=0;r<e.length;r++)n[r]=ss(e[r],t)}else n=e.slice()}else if(e instanceof as)n=e.slice();else if(t(e)){n={};for(let r in e)r!=os&&(n[r]=ss(e[r],t))}else n=e;return n}function cs(e){let t=arguments;for(let n=1;n<t.length;n++){let r=t[n];for(let t in r)t!=os&&(rs(e[t])?cs(e[t],ss(r[t])):e[t]=ss(r[t]))}return e}var ls=0,us=1,ds=2;function fs(e,t,n){for(let r=0,i,a=-1;r<t.length;r++){let o=t[r];if(o>a){for(i=o-1;i>=0&&e[i]==null;)e[i--]=null;for(i=o+1;i<n&&e[i]==null;)e[a=i++]=null}}}function ps(e,t){if(gs(e)){let t=e[0].slice();for(let n=1;n<e.length;n++)t.push(...e[n].slice(1));return _s(t[0])||(t=hs(t)),t}let n=new Set;for(let t=0;t<e.length;t++){let r=e[t][0],i=r.length;for(let e=0;e<i;e++)n.add(r[e])}let r=[Array.from(n).sort((e,t)=>e-t)],i=r[0].length,a=new Map;for(let e=0;e<i;e++)a.set(r[0][e],e);for(let n=0;n<e.length;n++){let o=e[n],s=o[0];for(let e=1;e<o.length;e++){let c=o[e],l=Array(i).fill(void 0),u=t?t[n][e]:us,d=[];for(let e=0;e<c.length;e++){let t=c[e],n=a.get(s[e]);t===null?u!=ls&&(l[n]=t,u==ds&&d.push(n)):l[n]=t}fs(l,d,i),r.push(l)}}return r}var ms=typeof queueMicrotask>`u`?e=>Promise.resolve().then(e):queueMicrotask;function hs(e){let t=e[0],n=t.length,r=Array(n);for(let e=0;e<r.length;e++)r[e]=e;r.sort((e,n)=>t[e]-t[n]);let i=[];for(let t=0;t<e.length;t++){let a=e[t],o=Array(n);for(let e=0;e<n;e++)o[e]=a[r[e]];i.push(o)}return i}function gs(e){let t=e[0][0],n=t.length;for(let r=1;r<e.length;r++){let i=e[r][0];if(i.length!=n)return!1;if(i!=t){for(let e=0;e<n;e++)if(i[e]!=t[e])return!1}}return!0}function _s(e,t=100){let n=e.length;if(n<=1)return!0;let r=0,i=n-1;for(;r<=i&&e[r]==null;)r++;for(;i>=r&&e[i]==null;)i--;if(i<=r)return!0;let a=Eo(1,So((i-r+1)/t));for(let t=e[r],n=r+a;n<=i;n+=a){let r=e[n];if(r!=null){if(r<=t)return!1;t=r}}return!0}var vs=[`January`,`February`,`March`,`April`,`May`,`June`,`July`,`August`,`September`,`October`,`November`,`December`],ys=[`Sunday`,`Monday`,`Tuesday`,`Wednesday`,`Thursday`,`Friday`,`Saturday`];function bs(e){return e.slice(0,3)}var xs=ys.map(bs),Ss={MMMM:vs,MMM:vs.map(bs),WWWW:ys,WWW:xs};function Cs(e){return(e<10?`0`:``)+e}function ws(e){return(e<10?`00`:e<100?`0`:``)+e}var Ts={YYYY:e=>e.getFullYear(),YY:e=>(e.getFullYear()+``).slice(2),MMMM:(e,t)=>t.MMMM[e.getMonth()],MMM:(e,t)=>t.MMM[e.getMonth()],MM:e=>Cs(e.getMonth()+1),M:e=>e.getMonth()+1,DD:e=>Cs(e.getDate()),D:e=>e.getDate(),WWWW:(e,t)=>t.WWWW[e.getDay()],WWW:(e,t)=>t.WWW[e.getDay()],HH:e=>Cs(e.getHours()),H:e=>e.getHours(),h:e=>{let t=e.getHours();return t==0?12:t>12?t-12:t},AA:e=>e.getHours()>=12?`PM`:`AM`,aa:e=>e.getHours()>=12?`pm`:`am`,a:e=>e.getHours()>=12?`p`:`a`,mm:e=>Cs(e.getMinutes()),m:e=>e.getMinutes(),ss:e=>Cs(e.getSeconds()),s:e=>e.getSeconds(),fff:e=>ws(e.getMilliseconds())};function Es(e,t){t||=Ss;let n=[],r=/\{([a-z]+)\}|[^{]+/gi,i;for(;i=r.exec(e);)n.push(i[0][0]==`{`?Ts[i[1]]:i[0]);return e=>{let r=``;for(let i=0;i<n.length;i++)r+=typeof n[i]==`string`?n[i]:n[i](e,t);return r}}var Ds=new Intl.DateTimeFormat().resolvedOptions().timeZone;function Os(e,t){let n;return t==`UTC`||t==`Etc/UTC`?n=new Date(+e+e.getTimezoneOffset()*6e4):t==Ds?n=e:(n=new Date(e.toLocaleString(`en-US`,{timeZone:t})),n.setMilliseconds(e.getMilliseconds())),n}var ks=e=>e%1==0,As=[1,2,2.5,5],js=Yo(10,-32,0,As),Ms=Yo(10,0,32,As),Ns=Ms.filter(ks),Ps=js.concat(Ms),Fs=`
`,Is=`{YYYY}`,Ls=Fs+Is,Rs=`{M}/{D}`,zs=Fs+Rs,Bs=zs+`/{YY}`,Vs=`{aa}`,Hs=`{h}:{mm}`+Vs,Us=Fs+Hs,Ws=`:{ss}`,$=null;function Gs(e){let t=e*1e3,n=t*60,r=n*60,i=r*24,a=i*30,o=i*365,s=(e==1?Yo(10,0,3,As).filter(ks):Yo(10,-3,0,As)).concat([t,t*5,t*10,t*15,t*30,n,n*5,n*10,n*15,n*30,r,r*2,r*3,r*4,r*6,r*8,r*12,i,i*2,i*3,i*4,i*5,i*6,i*7,i*8,i*9,i*10,i*15,a,a*2,a*3,a*4,a*6,o,o*2,o*5,o*10,o*25,o*50,o*100]),c=[[o,Is,$,$,$,$,$,$,1],[i*28,`{MMM}`,Ls,$,$,$,$,$,1],[i,Rs,Ls,$,$,$,$,$,1],[r,`{h}`+Vs,Bs,$,zs,$,$,$,1],[n,Hs,Bs,$,zs,$,$,$,1],[t,Ws,Bs+` `+Hs,$,zs+` `+Hs,$,Us,$,1],[e,Ws+`.{fff}`,Bs+` `+Hs,$,zs+` `+Hs,$,Us,$,1]];function l(t){return(s,c,l,u,d,f)=>{let p=[],m=d>=o,h=d>=a&&d<o,g=t(l),_=Q(g*e,3),v=tc(g.getFullYear(),m?0:g.getMonth(),h||m?1:g.getDate()),y=Q(v*e,3);if(h||m){let n=h?d/a:0,r=m?d/o:0,i=_==y?_:Q(tc(v.getFullYear()+r,v.getMonth()+n,1)*e,3),s=new Date(Co(i/e)),c=s.getFullYear(),l=s.getMonth();for(let a=0;i<=u;a++){let o=tc(c+r*a,l+n*a,1),s=o-t(Q(o*e,3));i=Q((+o+s)*e,3),i<=u&&p.push(i)}}else{let a=d>=i?i:d,o=y+(So(l)-So(_))+Go(_-y,a);p.push(o);let m=t(o),h=m.getHours()+m.getMinutes()/n+m.getSeconds()/r,g=d/r,v=f/s.axes[c]._space;for(;o=Q(o+d,e==1?0:3),!(o>u);)if(g>1){let e=So(Q(h+g,6))%24,n=t(o).getHours()-e;n>1&&(n=-1),o-=n*r,h=(h+g)%24;let i=p[p.length-1];Q((o-i)/d,3)*v>=.7&&p.push(o)}else p.push(o)}return p}}return[s,c,l]}var[Ks,qs,Js]=Gs(1),[Ys,Xs,Zs]=Gs(.001);Yo(2,-53,53,[1]);function Qs(e,t){return e.map(e=>e.map((n,r)=>r==0||r==8||n==null?n:t(r==1||e[8]==0?n:e[1]+n)))}function $s(e,t){return(n,r,i,a,o)=>{let s=t.find(e=>o>=e[0])||t[t.length-1],c,l,u,d,f,p;return r.map(t=>{let n=e(t),r=n.getFullYear(),i=n.getMonth(),a=n.getDate(),o=n.getHours(),m=n.getMinutes(),h=n.getSeconds(),g=r!=c&&s[2]||i!=l&&s[3]||a!=u&&s[4]||o!=d&&s[5]||m!=f&&s[6]||h!=p&&s[7]||s[1];return c=r,l=i,u=a,d=o,f=m,p=h,g(n)})}}function ec(e,t){let n=Es(t);return(t,r,i,a,o)=>r.map(t=>n(e(t)))}function tc(e,t,n){return new Date(e,t,n)}function nc(e,t){return t(e)}var rc=`{YYYY}-{MM}-{DD} {h}:{mm}{aa}`;function ic(e,t){return(n,r,i,a)=>a==null?Na:t(e(r))}function ac(e,t){let n=e.series[t];return n.width?n.stroke(e,t):n.points.width?n.points.stroke(e,t):null}function oc(e,t){return e.series[t].fill(e,t)}var sc={show:!0,live:!0,isolate:!1,mount:Io,markers:{show:!0,width:2,stroke:ac,fill:oc,dash:`solid`},idx:null,idxs:null,values:[]};function cc(e,t){let n=e.cursor.points,r=Ua(),i=n.size(e,t);J(r,ha,i),J(r,ga,i);let a=i/-2;J(r,`marginLeft`,a),J(r,`marginTop`,a);let o=n.width(e,t,i);return o&&J(r,`borderWidth`,o),r}function lc(e,t){let n=e.series[t].points;return n._fill||n._stroke}function uc(e,t){let n=e.series[t].points;return n._stroke||n._fill}function dc(e,t){return e.series[t].points.size}var fc=[0,0];function pc(e,t,n){return fc[0]=t,fc[1]=n,fc}function mc(e,t,n,r=!0){return e=>{e.button!=0||r&&e.target!=t||n(e)}}function hc(e,t,n,r=!0){return e=>{r&&e.target!=t||n(e)}}var gc={show:!0,x:!0,y:!0,lock:!1,move:pc,points:{one:!1,show:cc,size:dc,width:0,stroke:uc,fill:lc},bind:{mousedown:mc,mouseup:mc,click:mc,dblclick:mc,mousemove:hc,mouseleave:hc,mouseenter:hc},drag:{setScale:!0,x:!0,y:!1,dist:0,uni:null,click:(e,t)=>{t.stopPropagation(),t.stopImmediatePropagation()},_x:!1,_y:!1},focus:{dist:(e,t,n,r,i)=>r-i,prox:-1,bias:0},hover:{skip:[void 0],prox:null,bias:0},left:-10,top:-10,idx:null,dataIdx:null,idxs:null,event:null},_c={show:!0,stroke:`rgba(0,0,0,0.07)`,width:2},vc=cs({},_c,{filter:Ro}),yc=cs({},vc,{size:10}),bc=cs({},_c,{show:!1}),xc=`12px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans", sans-serif, "Apple Color Emoji", "Segoe UI Emoji", "Segoe UI Symbol", "Noto Color Emoji"`,Sc=`bold `+xc,Cc=1.5,wc={show:!0,scale:`x`,stroke:xa,space:50,gap:5,alignTo:1,size:50,labelGap:0,labelSize:30,labelFont:Sc,side:2,grid:vc,ticks:yc,border:bc,font:xc,lineGap:Cc,rotate:0},Tc=`Value`,Ec=`Time`,Dc={show:!0,scale:`x`,auto:!1,sorted:1,min:X,max:-1/0,idxs:[]};function Oc(e,t,n,r,i){return t.map(e=>e==null?``:vo(e))}function kc(e,t,n,r,i,a,o){let s=[],c=qo.get(i)||0;n=o?n:Q(Go(n,i),c);for(let e=n;e<=r;e=Q(e+i,c))s.push(Object.is(e,-0)?0:e);return s}function Ac(e,t,n,r,i,a,o){let s=[],c=e.scales[e.axes[t].scale].log;i=Do(c,So((c==10?ko:Ao)(n))),c==10&&(i=Ps[eo(i,Ps)]);let l=n,u=i*c;c==10&&(u=Ps[eo(u,Ps)]);do s.push(l),l+=i,c==10&&!qo.has(l)&&(l=Q(l,qo.get(i))),l>=u&&(i=l,u=i*c,c==10&&(u=Ps[eo(u,Ps)]));while(l<=r);return s}function jc(e,t,n,r,i,a,o){let s=e.scales[e.axes[t].scale].asinh,c=r>s?Ac(e,t,Eo(s,n),r,i):[s],l=r>=0&&n<=0?[0]:[];return(n<-s?Ac(e,t,Eo(s,-r),-n,i):[s]).reverse().map(e=>-e).concat(l,c)}var Mc=/./,Nc=/[12357]/,Pc=/[125]/,Fc=/1/,Ic=(e,t,n,r)=>e.map((e,i)=>t==4&&e==0||i%r==0&&n.test(e.toExponential()[+(e<0)])?e:null);function Lc(e,t,n,r,i){let a=e.axes[n],o=a.scale,s=e.scales[o],c=e.valToPos,l=a._space,u=c(10,o),d=c(9,o)-u>=l?Mc:c(7,o)-u>=l?Nc:c(5,o)-u>=l?Pc:Fc;if(d==Fc){let e=xo(c(1,o)-u);if(e<l)return Ic(t.slice().reverse(),s.distr,d,wo(l/e)).reverse()}return Ic(t,s.distr,d,1)}function Rc(e,t,n,r,i){let a=e.axes[n],o=a.scale,s=a._space,c=e.valToPos,l=xo(c(1,o)-c(2,o));return l<s?Ic(t.slice().reverse(),3,Mc,wo(s/l)).reverse():t}function zc(e,t,n,r){return r==null?Na:t==null?``:vo(t)}var Bc={show:!0,scale:`y`,stroke:xa,space:30,gap:5,alignTo:1,size:50,labelGap:0,labelSize:30,labelFont:Sc,side:3,grid:vc,ticks:yc,border:bc,font:xc,lineGap:Cc,rotate:0};function Vc(e,t){return Q((3+(e||1)*2)*t,3)}function Hc(e,t){let{scale:n,idxs:r}=e.series[0],i=e._data[0],a=e.valToPos(i[r[0]],n,!0),o=xo(e.valToPos(i[r[1]],n,!0)-a)/(e.series[t].points.space*q);return r[1]-r[0]<=o}var Uc={scale:null,auto:!0,sorted:0,min:X,max:-1/0},Wc=(e,t,n,r,i)=>i,Gc={show:!0,auto:!0,sorted:0,gaps:Wc,alpha:1,facets:[cs({},Uc,{scale:`x`}),cs({},Uc,{scale:`y`})]},Kc={scale:`y`,auto:!0,sorted:0,show:!0,spanGaps:!1,gaps:Wc,alpha:1,points:{show:Hc,filter:null},values:null,min:X,max:-1/0,idxs:[],path:null,clip:null};function qc(e,t,n,r,i){return n/10}var Jc={time:Ji,auto:!0,distr:1,log:10,asinh:1,min:null,max:null,dir:1,ori:0},Yc=cs({},Jc,{time:!1,ori:1}),Xc={};function Zc(e,t){let n=Xc[e];return n||(n={key:e,plots:[],sub(e){n.plots.push(e)},unsub(e){n.plots=n.plots.filter(t=>t!=e)},pub(e,t,r,i,a,o,s){for(let c=0;c<n.plots.length;c++)n.plots[c]!=t&&n.plots[c].pub(e,t,r,i,a,o,s)}},e!=null&&(Xc[e]=n)),n}var Qc=1,$c=2;function el(e,t,n){let r=e.mode,i=e.series[t],a=r==2?e._data[t]:e._data,o=e.scales,s=e.bbox,c=a[0],l=r==2?a[1]:a[t],u=r==2?o[i.facets[0].scale]:o[e.series[0].scale],d=r==2?o[i.facets[1].scale]:o[i.scale],f=s.left,p=s.top,m=s.width,h=s.height,g=e.valToPosH,_=e.valToPosV;return u.ori==0?n(i,c,l,u,d,g,_,f,p,m,h,ll,dl,pl,hl,_l):n(i,c,l,u,d,_,g,p,f,h,m,ul,fl,ml,gl,vl)}function tl(e,t){let n=0,r=0,i=Y(e.bands,Zo);for(let e=0;e<i.length;e++){let a=i[e];a.series[0]==t?n=a.dir:a.series[1]==t&&(a.dir==1?r|=1:r|=2)}return[n,r==1?-1:r==2?1:r==3?2:0]}function nl(e,t,n,r,i){let a=e.mode,o=e.series[t],s=a==2?o.facets[1].scale:o.scale,c=e.scales[s];return i==-1?c.min:i==1?c.max:c.distr==3?c.dir==1?c.min:c.max:0}function rl(e,t,n,r,i,a){return el(e,t,(e,t,o,s,c,l,u,d,f,p,m)=>{let h=e.pxRound,g=s.dir*(s.ori==0?1:-1),_=s.ori==0?dl:fl,v,y;g==1?(v=n,y=r):(v=r,y=n);let b=h(l(t[v],s,p,d)),x=h(u(o[v],c,m,f)),S=h(l(t[y],s,p,d)),C=h(u(a==1?c.max:c.min,c,m,f)),w=new Path2D(i);return _(w,S,C),_(w,b,C),_(w,b,x),w})}function il(e,t,n,r,i,a){let o=null;if(e.length>0){o=new Path2D;let s=t==0?pl:ml,c=n;for(let t=0;t<e.length;t++){let n=e[t];if(n[1]>n[0]){let e=n[0]-c;e>0&&s(o,c,r,e,r+a),c=n[1]}}let l=n+i-c;l>0&&s(o,c,r-5,l,r+a+10)}return o}function al(e,t,n){let r=e[e.length-1];r&&r[0]==t?r[1]=n:e.push([t,n])}function ol(e,t,n,r,i,a,o){let s=[],c=e.length;for(let l=i==1?n:r;l>=n&&l<=r;l+=i)if(t[l]===null){let u=l,d=l;if(i==1)for(;++l<=r&&t[l]===null;)d=l;else for(;--l>=n&&t[l]===null;)d=l;let f=a(e[u]),p=d==u?f:a(e[d]),m=u-i;f=o<=0&&m>=0&&m<c?a(e[m]):f;let h=d+i;p=o>=0&&h>=0&&h<c?a(e[h]):p,p>=f&&s.push([f,p])}return s}function sl(e){return e==0?Lo:e==1?Co:t=>Wo(t,e)}function cl(e){let t=e==0?ll:ul,n=e==0?(e,t,n,r,i,a)=>{e.arcTo(t,n,r,i,a)}:(e,t,n,r,i,a)=>{e.arcTo(n,t,i,r,a)},r=e==0?(e,t,n,r,i)=>{e.rect(t,n,r,i)}:(e,t,n,r,i)=>{e.rect(n,t,i,r)};return(e,i,a,o,s,c=0,l=0)=>{c==0&&l==0?r(e,i,a,o,s):(c=To(c,o/2,s/2),l=To(l,o/2,s/2),t(e,i+c,a),n(e,i+o,a,i+o,a+s,c),n(e,i+o,a+s,i,a+s,l),n(e,i,a+s,i,a,l),n(e,i,a,i+o,a,c),e.closePath())}}var ll=(e,t,n)=>{e.moveTo(t,n)},ul=(e,t,n)=>{e.moveTo(n,t)},dl=(e,t,n)=>{e.lineTo(t,n)},fl=(e,t,n)=>{e.lineTo(n,t)},pl=cl(0),ml=cl(1),hl=(e,t,n,r,i,a)=>{e.arc(t,n,r,i,a)},gl=(e,t,n,r,i,a)=>{e.arc(n,t,r,i,a)},_l=(e,t,n,r,i,a,o)=>{e.bezierCurveTo(t,n,r,i,a,o)},vl=(e,t,n,r,i,a,o)=>{e.bezierCurveTo(n,t,i,r,o,a)};function yl(e){return(e,t,n,r,i)=>el(e,t,(t,a,o,s,c,l,u,d,f,p,m)=>{let{pxRound:h,points:g}=t,_,v;s.ori==0?(_=ll,v=hl):(_=ul,v=gl);let y=Q(g.width*q,3),b=(g.size-g.width)/2*q,x=Q(b*2,3),S=new Path2D,C=new Path2D,{left:w,top:T,width:E,height:D}=e.bbox;pl(C,w-x,T-x,E+x*2,D+x*2);let O=e=>{if(o[e]!=null){let t=h(l(a[e],s,p,d)),n=h(u(o[e],c,m,f));_(S,t+b,n),v(S,t,n,b,0,bo*2)}};if(i)i.forEach(O);else for(let e=n;e<=r;e++)O(e);return{stroke:y>0?S:null,fill:S,clip:C,flags:3}})}function bl(e){return(t,n,r,i,a,o)=>{r!=i&&(a!=r&&o!=r&&e(t,n,r),a!=i&&o!=i&&e(t,n,i),e(t,n,o))}}var xl=bl(dl),Sl=bl(fl);function Cl(e){let t=Y(e?.alignGaps,0);return(e,n,r,i)=>el(e,n,(a,o,s,c,l,u,d,f,p,m,h)=>{[r,i]=io(s,r,i);let g=a.pxRound,_=e=>g(u(e,c,m,f)),v=e=>g(d(e,l,h,p)),y,b;c.ori==0?(y=dl,b=xl):(y=fl,b=Sl);let x=c.dir*(c.ori==0?1:-1),S={stroke:new Path2D,fill:null,clip:null,band:null,gaps:null,flags:Qc},C=S.stroke,w=!1;if(i-r>=m*4){let t=t=>e.posToVal(t,c.key,!0),n=null,a=null,l,u,d,f=_(o[x==1?r:i]),p=_(o[r]),m=_(o[i]),h=t(x==1?p+1:m-1);for(let e=x==1?r:i;e>=r&&e<=i;e+=x){let r=o[e],i=(x==1?r<h:r>h)?f:_(r),c=s[e];i==f?c==null?c===null&&(w=!0):(u=c,n==null?(y(C,i,v(u)),l=n=a=u):u<n?n=u:u>a&&(a=u)):(n!=null&&b(C,f,v(n),v(a),v(l),v(u)),c==null?(n=a=null,c===null&&(w=!0)):(u=c,y(C,i,v(u)),n=a=l=u),f=i,h=t(f+x))}n!=null&&n!=a&&d!=f&&b(C,f,v(n),v(a),v(l),v(u))}else for(let e=x==1?r:i;e>=r&&e<=i;e+=x){let t=s[e];t===null?w=!0:t!=null&&y(C,_(o[e]),v(t))}let[T,E]=tl(e,n);if(a.fill!=null||T!=0){let t=S.fill=new Path2D(C),s=v(a.fillTo(e,n,a.min,a.max,T)),c=_(o[r]),l=_(o[i]);x==-1&&([l,c]=[c,l]),y(t,l,s),y(t,c,s)}if(!a.spanGaps){let l=[];w&&l.push(...ol(o,s,r,i,x,_,t)),S.gaps=l=a.gaps(e,n,r,i,l),S.clip=il(l,c.ori,f,p,m,h)}return E!=0&&(S.band=E==2?[rl(e,n,r,i,C,-1),rl(e,n,r,i,C,1)]:rl(e,n,r,i,C,E)),S})}function wl(e){let t=Y(e.align,1),n=Y(e.ascDesc,!1),r=Y(e.alignGaps,0),i=Y(e.extend,!1);return(e,a,o,s)=>el(e,a,(c,l,u,d,f,p,m,h,g,_,v)=>{[o,s]=io(u,o,s);let y=c.pxRound,{left:b,width:x}=e.bbox,S=e=>y(p(e,d,_,h)),C=e=>y(m(e,f,v,g)),w=d.ori==0?dl:fl,T={stroke:new Path2D,fill:null,clip:null,band:null,gaps:null,flags:Qc},E=T.stroke,D=d.dir*(d.ori==0?1:-1),O=C(u[D==1?o:s]),ee=S(l[D==1?o:s]),te=ee,k=ee;i&&t==-1&&(k=b,w(E,k,O)),w(E,ee,O);for(let e=D==1?o:s;e>=o&&e<=s;e+=D){let n=u[e];if(n==null)continue;let r=S(l[e]),i=C(n);t==1?w(E,r,O):w(E,te,i),w(E,r,i),O=i,te=r}let ne=te;i&&t==1&&(ne=b+x,w(E,ne,O));let[re,ie]=tl(e,a);if(c.fill!=null||re!=0){let t=T.fill=new Path2D(E),n=C(c.fillTo(e,a,c.min,c.max,re));w(t,ne,n),w(t,k,n)}if(!c.spanGaps){let i=[];i.push(...ol(l,u,o,s,D,S,r));let f=c.width*q/2,p=n||t==1?f:-f,m=n||t==-1?-f:f;i.forEach(e=>{e[0]+=p,e[1]+=m}),T.gaps=i=c.gaps(e,a,o,s,i),T.clip=il(i,d.ori,h,g,_,v)}return ie!=0&&(T.band=ie==2?[rl(e,a,o,s,E,-1),rl(e,a,o,s,E,1)]:rl(e,a,o,s,E,ie)),T})}function Tl(e,t,n,r,i,a,o=X){if(e.length>1){let s=null;for(let c=0,l=1/0;c<e.length;c++)if(t[c]!==void 0){if(s!=null){let t=xo(e[c]-e[s]);t<l&&(l=t,o=xo(n(e[c],r,i,a)-n(e[s],r,i,a)))}s=c}}return o}function El(e){e||=Xo;let t=Y(e.size,[.6,X,1]),n=e.align||0,r=e.gap||0,i=e.radius;i=i==null?[0,0]:typeof i==`number`?[i,0]:i;let a=Z(i),o=1-t[0],s=Y(t[1],X),c=Y(t[2],1),l=Y(e.disp,Xo),u=Y(e.each,e=>{}),{fill:d,stroke:f}=l;return(e,t,i,p)=>el(e,t,(m,h,g,_,v,y,b,x,S,C,w)=>{let T=m.pxRound,E=n,D=r*q,O=s*q,ee=c*q,te,k;_.ori==0?[te,k]=a(e,t):[k,te]=a(e,t);let ne=_.dir*(_.ori==0?1:-1),re=_.ori==0?pl:ml,ie=_.ori==0?u:(e,t,n,r,i,a,o)=>{u(e,t,n,i,r,o,a)},ae=Y(e.bands,Zo).find(e=>e.series[0]==t),oe=ae==null?0:ae.dir,se=m.fillTo(e,t,m.min,m.max,oe),A=T(b(se,v,w,S)),j,M,N,P=C,F=T(m.width*q),ce=!1,le=null,ue=null,de=null,fe=null;d!=null&&(F==0||f!=null)&&(ce=!0,le=d.values(e,t,i,p),ue=new Map,new Set(le).forEach(e=>{e!=null&&ue.set(e,new Path2D)}),F>0&&(de=f.values(e,t,i,p),fe=new Map,new Set(de).forEach(e=>{e!=null&&fe.set(e,new Path2D)})));let{x0:pe,size:me}=l;if(pe!=null&&me!=null){E=1,h=pe.values(e,t,i,p),pe.unit==2&&(h=h.map(t=>e.posToVal(x+t*C,_.key,!0)));let n=me.values(e,t,i,p);M=me.unit==2?n[0]*C:y(n[0],_,C,x)-y(0,_,C,x),P=Tl(h,g,y,_,C,x,P),N=P-M+D}else P=Tl(h,g,y,_,C,x,P),N=P*o+D,M=P-N;N<1&&(N=0),F>=M/2&&(F=0),N<5&&(T=Lo);let he=N>0,ge=P-N-(he?F:0);M=T(Po(ge,ee,O)),j=(E==0?M/2:E==ne?0:M)-E*ne*((E==0?D/2:0)+(he?F/2:0));let _e={stroke:null,fill:null,clip:null,band:null,gaps:null,flags:0},ve=ce?null:new Path2D,ye=null;if(ae!=null)ye=e.data[ae.series[1]];else{let{y0:n,y1:r}=l;n!=null&&r!=null&&(g=r.values(e,t,i,p),ye=n.values(e,t,i,p))}let be=te*M,xe=k*M;for(let n=ne==1?i:p;n>=i&&n<=p;n+=ne){let r=g[n];if(r==null)continue;if(ye!=null){let e=ye[n]??0;if(r-e==0)continue;A=b(e,v,w,S)}let i=y(_.distr!=2||l!=null?h[n]:n,_,C,x),a=b(Y(r,se),v,w,S),o=T(i-j),s=T(Eo(a,A)),c=T(To(a,A)),u=s-c;if(r!=null){let i=r<0?xe:be,a=r<0?be:xe;ce?(F>0&&de[n]!=null&&re(fe.get(de[n]),o,c+So(F/2),M,Eo(0,u-F),i,a),le[n]!=null&&re(ue.get(le[n]),o,c+So(F/2),M,Eo(0,u-F),i,a)):re(ve,o,c+So(F/2),M,Eo(0,u-F),i,a),ie(e,t,n,o-F/2,c,M+F,u)}}return F>0?_e.stroke=ce?fe:ve:ce||(_e._fill=m.width==0?m._fill:m._stroke??m._fill,_e.width=0),_e.fill=ce?ue:ve,_e})}function Dl(e,t){let n=Y(t?.alignGaps,0);return(t,r,i,a)=>el(t,r,(o,s,c,l,u,d,f,p,m,h,g)=>{[i,a]=io(c,i,a);let _=o.pxRound,v=e=>_(d(e,l,h,p)),y=e=>_(f(e,u,g,m)),b,x,S;l.ori==0?(b=ll,S=dl,x=_l):(b=ul,S=fl,x=vl);let C=l.dir*(l.ori==0?1:-1),w=v(s[C==1?i:a]),T=w,E=[],D=[];for(let e=C==1?i:a;e>=i&&e<=a;e+=C)if(c[e]!=null){let t=s[e],n=v(t);E.push(T=n),D.push(y(c[e]))}let O={stroke:e(E,D,b,S,x,_),fill:null,clip:null,band:null,gaps:null,flags:Qc},ee=O.stroke,[te,k]=tl(t,r);if(o.fill!=null||te!=0){let e=O.fill=new Path2D(ee),n=y(o.fillTo(t,r,o.min,o.max,te));S(e,T,n),S(e,w,n)}if(!o.spanGaps){let e=[];e.push(...ol(s,c,i,a,C,v,n)),O.gaps=e=o.gaps(t,r,i,a,e),O.clip=il(e,l.ori,p,m,h,g)}return k!=0&&(O.band=k==2?[rl(t,r,i,a,ee,-1),rl(t,r,i,a,ee,1)]:rl(t,r,i,a,ee,k)),O})}function Ol(e){return Dl(kl,e)}function kl(e,t,n,r,i,a){let o=e.length;if(o<2)return null;let s=new Path2D;if(n(s,e[0],t[0]),o==2)r(s,e[1],t[1]);else{let n=Array(o),r=Array(o-1),a=Array(o-1),c=Array(o-1);for(let n=0;n<o-1;n++)a[n]=t[n+1]-t[n],c[n]=e[n+1]-e[n],r[n]=a[n]/c[n];n[0]=r[0];for(let e=1;e<o-1;e++)r[e]===0||r[e-1]===0||r[e-1]>0!=r[e]>0?n[e]=0:(n[e]=3*(c[e-1]+c[e])/((2*c[e]+c[e-1])/r[e-1]+(c[e]+2*c[e-1])/r[e]),isFinite(n[e])||(n[e]=0));n[o-1]=r[o-2];for(let r=0;r<o-1;r++)i(s,e[r]+c[r]/3,t[r]+n[r]*c[r]/3,e[r+1]-c[r]/3,t[r+1]-n[r+1]*c[r]/3,e[r+1],t[r+1])}return s}var Al=new Set;function jl(){for(let e of Al)e.syncRect(!0)}Pa&&(Qa(ka,Ia,jl),Qa(Aa,Ia,jl,!0),Qa(Ma,Ia,()=>{ql.pxRatio=q}));var Ml=Cl(),Nl=yl();function Pl(e,t,n,r){return(r?[e[0],e[1]].concat(e.slice(2)):[e[0]].concat(e.slice(1))).map((e,r)=>Il(e,r,t,n))}function Fl(e,t){return e.map((e,n)=>n==0?{}:cs({},t,e))}function Il(e,t,n,r){return cs({},t==0?n:r,e)}function Ll(e,t,n){return t==null?Qo:[t,n]}var Rl=Ll;function zl(e,t,n){return t==null?Qo:mo(t,n,lo,!0)}function Bl(e,t,n,r){return t==null?Qo:so(t,n,e.scales[r].log,!1)}var Vl=Bl;function Hl(e,t,n,r){return t==null?Qo:co(t,n,e.scales[r].log,!1)}var Ul=Hl;function Wl(e,t,n,r,i){let a=Eo(No(e),No(t)),o=t-e,s=eo(i/r*o,n);do{let e=n[s],t=r*e/o;if(t>=i&&a+(e<5?qo.get(e):0)<=17)return[e,t]}while(++s<n.length);return[0,0]}function Gl(e){let t,n;return e=e.replace(/(\d+)px/,(e,r)=>(t=Co((n=+r)*q))+`px`),[e,t,n]}function Kl(e){e.show&&[e.font,e.labelFont].forEach(e=>{let t=Q(e[2]*q,1);e[0]=e[0].replace(/[0-9.]+px/,t+`px`),e[1]=t})}function ql(e,t,n){let r={mode:Y(e.mode,1)},i=r.mode;function a(e,t,n,r){let i=t.valToPct(e);return r+n*(t.dir==-1?1-i:i)}function o(e,t,n,r){let i=t.valToPct(e);return r+n*(t.dir==-1?i:1-i)}function s(e,t,n,r){return t.ori==0?a(e,t,n,r):o(e,t,n,r)}r.valToPosH=a,r.valToPosV=o;let c=!1;r.status=0;let l=r.root=Ua(Yi);if(e.id!=null&&(l.id=e.id),Ba(l,e.class),e.title){let t=Ua(Qi,l);t.textContent=e.title}let u=Ha(`canvas`),d=r.ctx=u.getContext(`2d`),f=Ua($i,l);Qa(`click`,f,e=>{e.target===m&&(H!=nn||U!=rn)&&cn.click(r,e)},!0);let p=r.under=Ua(ea,f);f.appendChild(u);let m=r.over=Ua(ta,f);e=ss(e);let h=+Y(e.pxAlign,1),g=sl(h);(e.plugins||[]).forEach(t=>{t.opts&&(e=t.opts(r,e)||e)});let _=e.ms||.001,v=r.series=i==1?Pl(e.series||[],Dc,Kc,!1):Fl(e.series||[null],Gc),y=r.axes=Pl(e.axes||[],wc,Bc,!0),b=r.scales={},x=r.bands=e.bands||[];x.forEach(e=>{e.fill=Z(e.fill||null),e.dir=Y(e.dir,-1)});let S=i==2?v[1].facets[0].scale:v[0].scale,C={axes:Bt,series:kt},w=(e.drawOrder||[`axes`,`series`]).map(e=>C[e]);function T(e){let t=e.distr==3?t=>ko(t>0?t:e.clamp(r,t,e.min,e.max,e.key)):e.distr==4?t=>Mo(t,e.asinh):e.distr==100?t=>e.fwd(t):e=>e;return n=>{let r=t(n),{_min:i,_max:a}=e,o=a-i;return(r-i)/o}}function E(t){let n=b[t];if(n==null){let r=(e.scales||Xo)[t]||Xo;if(r.from!=null){E(r.from);let e=cs({},b[r.from],r,{key:t});e.valToPct=T(e),b[t]=e}else{n=b[t]=cs({},t==S?Jc:Yc,r),n.key=t;let e=n.time,a=n.range,o=$o(a);if((t!=S||i==2&&!e)&&(o&&(a[0]==null||a[1]==null)&&(a={min:a[0]==null?uo:{mode:1,hard:a[0],soft:a[0]},max:a[1]==null?uo:{mode:1,hard:a[1],soft:a[1]}},o=!1),!o&&rs(a))){let e=a;a=(t,n,r)=>n==null?Qo:mo(n,r,e)}n.range=Z(a||(e?Rl:t==S?n.distr==3?Vl:n.distr==4?Ul:Ll:n.distr==3?Bl:n.distr==4?Hl:zl)),n.auto=Z(!o&&n.auto),n.clamp=Z(n.clamp||qc),n._min=n._max=null,n.valToPct=T(n)}}}E(`x`),E(`y`),i==1&&v.forEach(e=>{E(e.scale)}),y.forEach(e=>{E(e.scale)});for(let t in e.scales)E(t);let D=b[S],O=D.distr,ee,te;D.ori==0?(Ba(l,Xi),ee=a,te=o):(Ba(l,Zi),ee=o,te=a);let k={};for(let e in b){let t=b[e];(t.min!=null||t.max!=null)&&(k[e]={min:t.min,max:t.max},t.min=t.max=null)}let ne=e.tzDate||(e=>new Date(Co(e/_))),re=e.fmtDate||Es,ie=_==1?Js(ne):Zs(ne),ae=$s(ne,Qs(_==1?qs:Xs,re)),oe=ic(ne,nc(rc,re)),se=[],A=r.legend=cs({},sc,e.legend),j=r.cursor=cs({},gc,{drag:{y:i==2}},e.cursor),M=A.show,N=j.show,P=A.markers;A.idxs=se,P.width=Z(P.width),P.dash=Z(P.dash),P.stroke=Z(P.stroke),P.fill=Z(P.fill);let F,ce,le,ue=[],de=[],fe,pe=!1,me={};if(A.live){let e=v[1]?v[1].values:null;pe=e!=null,fe=pe?e(r,1,0):{_:0};for(let e in fe)me[e]=Na}if(M){if(F=Ha(`table`,ca,l),le=Ha(`tbody`,null,F),A.mount(r,F),pe){ce=Ha(`thead`,null,F,le);let e=Ha(`tr`,null,ce);for(var he in Ha(`th`,null,e),fe)Ha(`th`,pa,e).textContent=he}else Ba(F,ua),A.live&&Ba(F,la)}let ge={show:!0},_e={show:!1};function ve(e,t){if(t==0&&(pe||!A.live||i==2))return Qo;let n=[],a=Ha(`tr`,da,le,le.childNodes[t]);Ba(a,e.class),e.show||Ba(a,ra);let o=Ha(`th`,null,a);if(P.show){let e=Ua(fa,o);if(t>0){let n=P.width(r,t);n&&(e.style.border=n+`px `+P.dash(r,t)+` `+P.stroke(r,t)),e.style.background=P.fill(r,t)}}let s=Ua(pa,o);for(var c in e.label instanceof HTMLElement?s.appendChild(e.label):s.textContent=e.label,t>0&&(P.show||(s.style.color=e.width>0?P.stroke(r,t):P.fill(r,t)),be(`click`,o,t=>{if(j._lock)return;Ge(t);let n=v.indexOf(e);if((t.ctrlKey||t.metaKey)!=A.isolate){let e=v.some((e,t)=>t>0&&t!=n&&e.show);v.forEach((t,r)=>{r>0&&pn(r,e?r==n?ge:_e:ge,!0,Qn.setSeries)})}else pn(n,{show:!e.show},!0,Qn.setSeries)},!1),z&&be(Ea,o,t=>{j._lock||(Ge(t),pn(v.indexOf(e),xn,!0,Qn.setSeries))},!1)),fe){let e=Ha(`td`,ma,a);e.textContent=`--`,n.push(e)}return[a,n]}let ye=new Map;function be(e,t,n,i=!0){let a=ye.get(t)||{},o=j.bind[e](r,t,n,i);o&&(Qa(e,t,a[e]=o),ye.set(t,a))}function xe(e,t,n){let r=ye.get(t)||{};for(let n in r)(e==null||n==e)&&($a(n,t,r[n]),delete r[n]);e??ye.delete(t)}let Se=0,Ce=0,I=0,L=0,we=0,Te=0,R=we,Ee=Te,De=I,Oe=L,ke=0,Ae=0,je=0,Me=0;r.bbox={};let Ne=!1,Pe=!1,Fe=!1,Ie=!1,Le=!1,Re=!1;function ze(e,t,n){(n||e!=r.width||t!=r.height)&&Be(e,t),Vt(!1),Fe=!0,Pe=!0,Kt()}function Be(e,t){r.width=Se=I=e,r.height=Ce=L=t,we=Te=0,Ue(),We();let n=r.bbox;ke=n.left=Wo(we*q,.5),Ae=n.top=Wo(Te*q,.5),je=n.width=Wo(I*q,.5),Me=n.height=Wo(L*q,.5)}function Ve(){let e=!1,t=0;for(;!e;){t++;let n=Rt(t),i=zt(t);e=t==3||n&&i,e||(Be(r.width,r.height),Pe=!0)}}function He({width:e,height:t}){ze(e,t)}r.setSize=He;function Ue(){let e=!1,t=!1,n=!1,r=!1;y.forEach((i,a)=>{if(i.show&&i._show){let{side:a,_size:o}=i,s=a%2,c=o+(i.label==null?0:i.labelSize);c>0&&(s?(I-=c,a==3?(we+=c,r=!0):n=!0):(L-=c,a==0?(Te+=c,e=!0):t=!0))}}),tt[0]=e,tt[1]=n,tt[2]=t,tt[3]=r,I-=at[1]+at[3],we+=at[3],L-=at[2]+at[0],Te+=at[0]}function We(){let e=we+I,t=Te+L,n=we,r=Te;function i(i,a){switch(i){case 1:return e+=a,e-a;case 2:return t+=a,t-a;case 3:return n-=a,n+a;case 0:return r-=a,r+a}}y.forEach((e,t)=>{if(e.show&&e._show){let t=e.side;e._pos=i(t,e._size),e.label!=null&&(e._lpos=i(t,e.labelSize))}})}if(j.dataIdx==null){let e=j.hover,n=e.skip=new Set(e.skip??[]);n.add(void 0);let r=e.prox=Z(e.prox),i=e.bias??=0;j.dataIdx=(e,a,o,s)=>{if(a==0)return o;let c=o,l=r(e,a,o,s)??X,u=l>=0&&l<X,d=D.ori==0?I:L,f=j.left,p=t[0],m=t[a];if(n.has(m[o])){c=null;let e=null,t=null,r;if(i==0||i==-1)for(r=o;e==null&&r-->0;)n.has(m[r])||(e=r);if(i==0||i==1)for(r=o;t==null&&r++<m.length;)n.has(m[r])||(t=r);if(e!=null||t!=null){if(u){let n=e==null?-1/0:ee(p[e],D,d,0),r=t==null?1/0:ee(p[t],D,d,0),i=f-n,a=r-f;i<=a?i<=l&&(c=e):a<=l&&(c=t)}else c=t==null?e:e==null?t:o-e<=t-o?e:t}}else u&&xo(f-ee(p[o],D,d,0))>l&&(c=null);return c}}let Ge=e=>{j.event=e};j.idxs=se,j._lock=!1;let Ke=j.points;Ke.show=Z(Ke.show),Ke.size=Z(Ke.size),Ke.stroke=Z(Ke.stroke),Ke.width=Z(Ke.width),Ke.fill=Z(Ke.fill);let qe=r.focus=cs({},e.focus||{alpha:.3},j.focus),z=qe.prox>=0,Je=z&&Ke.one,Ye=[],Xe=[],Ze=[];function Qe(e,t){let n=Ke.show(r,t);if(n instanceof HTMLElement)return Ba(n,sa),Ba(n,e.class),Ga(n,-10,-10,I,L),m.insertBefore(n,Ye[t]),n}function $e(e,t){if(i==1||t>0){let t=i==1&&b[e.scale].time,n=e.value;e.value=t?ns(n)?ic(ne,nc(n,re)):n||oe:n||zc,e.label=e.label||(t?Ec:Tc)}if(Je||t>0){e.width=e.width==null?1:e.width,e.paths=e.paths||Ml||zo,e.fillTo=Z(e.fillTo||nl),e.pxAlign=+Y(e.pxAlign,h),e.pxRound=sl(e.pxAlign),e.stroke=Z(e.stroke||null),e.fill=Z(e.fill||null),e._stroke=e._fill=e._paths=e._focus=null;let t=Vc(Eo(1,e.width),1),n=e.points=cs({},{size:t,width:Eo(1,t*.2),stroke:e.stroke,space:t*2,paths:Nl,_stroke:null,_fill:null},e.points);n.show=Z(n.show),n.filter=Z(n.filter),n.fill=Z(n.fill),n.stroke=Z(n.stroke),n.paths=Z(n.paths),n.pxAlign=e.pxAlign}if(M){let n=ve(e,t);ue.splice(t,0,n[0]),de.splice(t,0,n[1]),A.values.push(null)}if(N){se.splice(t,0,null);let n=null;Je?t==0&&(n=Qe(e,t)):t>0&&(n=Qe(e,t)),Ye.splice(t,0,n),Xe.splice(t,0,0),Ze.splice(t,0,0)}Xn(`addSeries`,t)}function et(e,t){t??=v.length,e=i==1?Il(e,t,Dc,Kc):Il(e,t,{},Gc),v.splice(t,0,e),$e(v[t],t)}r.addSeries=et;function B(e){if(v.splice(e,1),M){A.values.splice(e,1),de.splice(e,1);let t=ue.splice(e,1)[0];xe(null,t.firstChild),t.remove()}N&&(se.splice(e,1),Ye.splice(e,1)[0].remove(),Xe.splice(e,1),Ze.splice(e,1)),Xn(`delSeries`,e)}r.delSeries=B;let tt=[!1,!1,!1,!1];function nt(e,t){if(e._show=e.show,e.show){let n=e.side%2,i=b[e.scale];i??=(e.scale=n?v[1].scale:S,b[e.scale]);let a=i.time;e.size=Z(e.size),e.space=Z(e.space),e.rotate=Z(e.rotate),$o(e.incrs)&&e.incrs.forEach(e=>{!qo.has(e)&&qo.set(e,Jo(e))}),e.incrs=Z(e.incrs||(i.distr==2?Ns:a?_==1?Ks:Ys:Ps)),e.splits=Z(e.splits||(a&&i.distr==1?ie:i.distr==3?Ac:i.distr==4?jc:kc)),e.stroke=Z(e.stroke),e.grid.stroke=Z(e.grid.stroke),e.ticks.stroke=Z(e.ticks.stroke),e.border.stroke=Z(e.border.stroke);let o=e.values;e.values=$o(o)&&!$o(o[0])?Z(o):a?$o(o)?$s(ne,Qs(o,re)):ns(o)?ec(ne,o):o||ae:o||Oc,e.filter=Z(e.filter||(i.distr>=3&&i.log==10?Lc:i.distr==3&&i.log==2?Rc:Ro)),e.font=Gl(e.font),e.labelFont=Gl(e.labelFont),e._size=e.size(r,null,t,0),e._space=e._rotate=e._incrs=e._found=e._splits=e._values=null,e._size>0&&(tt[t]=!0,e._el=Ua(na,f))}}function rt(e,t,n,r){let[i,a,o,s]=n,c=t%2,l=0;return c==0&&(s||a)&&(l=t==0&&!i||t==2&&!o?Co(wc.size/3):0),c==1&&(i||o)&&(l=t==1&&!a||t==3&&!s?Co(Bc.size/2):0),l}let it=r.padding=(e.padding||[rt,rt,rt,rt]).map(e=>Z(Y(e,rt))),at=r._padding=it.map((e,t)=>e(r,t,tt,0)),ot,st=null,ct=null,lt=i==1?v[0].idxs:null,ut=null,dt=!1;function ft(e,n){if(t=e??[],r.data=r._data=t,i==2){ot=0;for(let e=1;e<v.length;e++)ot+=t[e][0].length}else{t.length==0&&(r.data=r._data=t=[[]]),ut=t[0],ot=ut.length;let e=t;if(O==2){e=t.slice();let n=e[0]=Array(ot);for(let e=0;e<ot;e++)n[e]=e}r._data=t=e}if(Vt(!0),Xn(`setData`),O==2&&(Fe=!0),n!==!1){let e=D;e.auto(r,dt)?pt():fn(S,e.min,e.max),Ie||=j.left>=0,Re=!0,Kt()}}r.setData=ft;function pt(){dt=!0;let e,n;i==1&&(ot>0?(st=lt[0]=0,ct=lt[1]=ot-1,e=t[0][st],n=t[0][ct],O==2?(e=st,n=ct):e==n&&(O==3?[e,n]=so(e,e,D.log,!1):O==4?[e,n]=co(e,e,D.log,!1):D.time?n=e+Co(86400/_):[e,n]=mo(e,n,lo,!0))):(st=lt[0]=e=null,ct=lt[1]=n=null)),fn(S,e,n)}let mt,ht,gt,_t,vt,yt,bt,xt,St,Ct;function wt(e,t,n,r,i,a){e??=Sa,n??=Zo,r??=`butt`,i??=Sa,a??=`round`,e!=mt&&(d.strokeStyle=mt=e),i!=ht&&(d.fillStyle=ht=i),t!=gt&&(d.lineWidth=gt=t),a!=vt&&(d.lineJoin=vt=a),r!=yt&&(d.lineCap=yt=r),n!=_t&&d.setLineDash(_t=n)}function V(e,t,n,r){t!=ht&&(d.fillStyle=ht=t),e!=bt&&(d.font=bt=e),n!=xt&&(d.textAlign=xt=n),r!=St&&(d.textBaseline=St=r)}function Tt(e,t,n,i,a=0){if(i.length>0&&e.auto(r,dt)&&(t==null||t.min==null)){let t=Y(st,0),r=Y(ct,i.length-1),o=n.min==null?oo(i,t,r,a,e.distr==3):[n.min,n.max];e.min=To(e.min,n.min=o[0]),e.max=Eo(e.max,n.max=o[1])}}let Et={min:null,max:null};function Dt(){for(let e in b){let t=b[e];k[e]==null&&(t.min==null||k[S]!=null&&t.auto(r,dt))&&(k[e]=Et)}for(let e in b){let t=b[e];k[e]==null&&t.from!=null&&k[t.from]!=null&&(k[e]=Et)}k[S]!=null&&Vt(!0);let e={};for(let t in k){let n=k[t];if(n!=null){let a=e[t]=ss(b[t],is);if(n.min!=null)cs(a,n);else if(t!=S||i==2){if(ot==0&&a.from==null){let e=a.range(r,null,null,t);a.min=e[0],a.max=e[1]}else a.min=X,a.max=-1/0}}}if(ot>0){v.forEach((n,a)=>{if(i==1){let i=n.scale,o=k[i];if(o==null)return;let s=e[i];if(a==0){let e=s.range(r,s.min,s.max,i);s.min=e[0],s.max=e[1],st=eo(s.min,t[0]),ct=eo(s.max,t[0]),ct-st>1&&(t[0][st]<s.min&&st++,t[0][ct]>s.max&&ct--),n.min=ut[st],n.max=ut[ct]}else n.show&&n.auto&&Tt(s,o,n,t[a],n.sorted);n.idxs[0]=st,n.idxs[1]=ct}else if(a>0&&n.show&&n.auto){let[r,i]=n.facets,o=r.scale,s=i.scale,[c,l]=t[a],u=e[o],d=e[s];u!=null&&Tt(u,k[o],r,c,r.sorted),d!=null&&Tt(d,k[s],i,l,i.sorted),n.min=i.min,n.max=i.max}});for(let t in e){let n=e[t],i=k[t];if(n.from==null&&(i==null||i.min==null)){let e=n.range(r,n.min==X?null:n.min,n.max==-1/0?null:n.max,t);n.min=e[0],n.max=e[1]}}}for(let t in e){let n=e[t];if(n.from!=null){let i=e[n.from];if(i.min==null)n.min=n.max=null;else{let e=n.range(r,i.min,i.max,t);n.min=e[0],n.max=e[1]}}}let n={},a=!1;for(let t in e){let r=e[t],i=b[t];if(i.min!=r.min||i.max!=r.max){i.min=r.min,i.max=r.max;let e=i.distr;i._min=e==3?ko(i.min):e==4?Mo(i.min,i.asinh):e==100?i.fwd(i.min):i.min,i._max=e==3?ko(i.max):e==4?Mo(i.max,i.asinh):e==100?i.fwd(i.max):i.max,n[t]=a=!0}}if(a){v.forEach((e,t)=>{i==2?t>0&&n.y&&(e._paths=null):n[e.scale]&&(e._paths=null)});for(let e in n)Fe=!0,Xn(`setScale`,e);N&&j.left>=0&&(Ie=Re=!0)}for(let e in k)k[e]=null}function Ot(e){let t=Po(st-1,0,ot-1),n=Po(ct+1,0,ot-1);for(;e[t]==null&&t>0;)t--;for(;e[n]==null&&n<ot-1;)n++;return[t,n]}function kt(){if(ot>0){let e=v.some(e=>e._focus)&&Ct!=qe.alpha;e&&(d.globalAlpha=Ct=qe.alpha),v.forEach((e,n)=>{if(n>0&&e.show&&(At(n,!1),At(n,!0),e._paths==null)){let a=Ct;Ct!=e.alpha&&(d.globalAlpha=Ct=e.alpha);let o=i==2?[0,t[n][0].length-1]:Ot(t[n]);e._paths=e.paths(r,n,o[0],o[1]),Ct!=a&&(d.globalAlpha=Ct=a)}}),v.forEach((e,t)=>{if(t>0&&e.show){let n=Ct;Ct!=e.alpha&&(d.globalAlpha=Ct=e.alpha),e._paths!=null&&jt(t,!1);{let n=e._paths==null?null:e._paths.gaps,i=e.points.show(r,t,st,ct,n),a=e.points.filter(r,t,i,n);(i||a)&&(e.points._paths=e.points.paths(r,t,st,ct,a),jt(t,!0))}Ct!=n&&(d.globalAlpha=Ct=n),Xn(`drawSeries`,t)}}),e&&(d.globalAlpha=Ct=1)}}function At(e,t){let n=t?v[e].points:v[e];n._stroke=n.stroke(r,e),n._fill=n.fill(r,e)}function jt(e,t){let n=t?v[e].points:v[e],{stroke:r,fill:i,clip:a,flags:o,_stroke:s=n._stroke,_fill:c=n._fill,_width:l=n.width}=n._paths;l=Q(l*q,3);let u=null,f=l%2/2;t&&c==null&&(c=l>0?`#fff`:s);let p=n.pxAlign==1&&f>0;if(p&&d.translate(f,f),!t){let e=ke-l/2,t=Ae-l/2,n=je+l,r=Me+l;u=new Path2D,u.rect(e,t,n,r)}t?Nt(s,l,n.dash,n.cap,c,r,i,o,a):Mt(e,s,l,n.dash,n.cap,c,r,i,o,u,a),p&&d.translate(-f,-f)}function Mt(e,n,i,a,o,s,c,l,u,d,f){let p=!1;u!=0&&x.forEach((m,h)=>{if(m.series[0]==e){let e=v[m.series[1]],g=t[m.series[1]],_=(e._paths||Xo).band;$o(_)&&(_=m.dir==1?_[0]:_[1]);let y,b=null;e.show&&_&&ho(g,st,ct)?(b=m.fill(r,h)||s,y=e._paths.clip):_=null,Nt(n,i,a,o,b,c,l,u,d,f,y,_),p=!0}}),p||Nt(n,i,a,o,s,c,l,u,d,f)}function Nt(e,t,n,r,i,a,o,s,c,l,u,f){wt(e,t,n,r,i),(c||l||f)&&(d.save(),c&&d.clip(c),l&&d.clip(l)),f?(s&3)==3?(d.clip(f),u&&d.clip(u),Ft(i,o),Pt(e,a,t)):s&$c?(Ft(i,o),d.clip(f),Pt(e,a,t)):s&Qc&&(d.save(),d.clip(f),u&&d.clip(u),Ft(i,o),d.restore(),Pt(e,a,t)):(Ft(i,o),Pt(e,a,t)),(c||l||f)&&d.restore()}function Pt(e,t,n){n>0&&(t instanceof Map?t.forEach((e,t)=>{d.strokeStyle=mt=t,d.stroke(e)}):t!=null&&e&&d.stroke(t))}function Ft(e,t){t instanceof Map?t.forEach((e,t)=>{d.fillStyle=ht=t,d.fill(e)}):t!=null&&e&&d.fill(t)}function It(e,t,n,i){let a=y[e],o;if(i<=0)o=[0,0];else{let s=a._space=a.space(r,e,t,n,i);o=Wl(t,n,a._incrs=a.incrs(r,e,t,n,i,s),i,s)}return a._found=o}function Lt(e,t,n,r,i,a,o,s,c,l){let u=o%2/2;h==1&&d.translate(u,u),wt(s,o,c,l,s),d.beginPath();let f,p,m,g,_=i+(r==0||r==3?-a:a);n==0?(p=i,g=_):(f=i,m=_);for(let r=0;r<e.length;r++)t[r]!=null&&(n==0?f=m=e[r]:p=g=e[r],d.moveTo(f,p),d.lineTo(m,g));d.stroke(),h==1&&d.translate(-u,-u)}function Rt(e){let t=!0;return y.forEach((n,i)=>{if(!n.show)return;let a=b[n.scale];if(a.min==null){n._show&&(t=!1,n._show=!1,Vt(!1));return}n._show||(t=!1,n._show=!0,Vt(!1));let o=n.side,s=o%2,{min:c,max:l}=a,[u,d]=It(i,c,l,s==0?I:L);if(d==0)return;let f=a.distr==2,p=n._splits=n.splits(r,i,c,l,u,d,f),m=a.distr==2?p.map(e=>ut[e]):p,h=a.distr==2?ut[p[1]]-ut[p[0]]:u,g=n._values=n.values(r,n.filter(r,m,i,d,h),i,d,h);n._rotate=o==2?n.rotate(r,g,i,d):0;let _=n._size;n._size=wo(n.size(r,g,i,e)),_!=null&&n._size!=_&&(t=!1)}),t}function zt(e){let t=!0;return it.forEach((n,i)=>{let a=n(r,i,tt,e);a!=at[i]&&(t=!1),at[i]=a}),t}function Bt(){for(let e=0;e<y.length;e++){let t=y[e];if(!t.show||!t._show)continue;let n=t.side,i=n%2,a,o,c=t.stroke(r,e),l=n==0||n==3?-1:1,[u,f]=t._found;if(t.label!=null){let s=t.labelGap*l,p=Co((t._lpos+s)*q);V(t.labelFont[0],c,`center`,n==2?_a:va),d.save(),i==1?(a=o=0,d.translate(p,Co(Ae+Me/2)),d.rotate((n==3?-bo:bo)/2)):(a=Co(ke+je/2),o=p);let m=Fo(t.label)?t.label(r,e,u,f):t.label;d.fillText(m,a,o),d.restore()}if(f==0)continue;let p=b[t.scale],m=i==0?je:Me,h=i==0?ke:Ae,_=t._splits,v=p.distr==2?_.map(e=>ut[e]):_,x=p.distr==2?ut[_[1]]-ut[_[0]]:u,S=t.ticks,C=t.border,w=S.show?S.size:0,T=Co(w*q),E=Co((t.alignTo==2?t._size-w-t.gap:t.gap)*q),D=t._rotate*-bo/180,O=g(t._pos*q),ee=O+(T+E)*l;o=i==0?ee:0,a=i==1?ee:0;let te=t.font[0];V(te,c,t.align==1?ya:t.align==2?ba:D>0?ya:D<0?ba:i==0?`center`:n==3?ba:ya,D||i==1?`middle`:n==2?_a:va);let k=t.font[1]*t.lineGap,ne=_.map(e=>g(s(e,p,m,h))),re=t._values;for(let e=0;e<re.length;e++){let t=re[e];if(t!=null){i==0?a=ne[e]:o=ne[e],t=``+t;let n=t.indexOf(`
`)==-1?[t]:t.split(/\n/gm);for(let e=0;e<n.length;e++){let t=n[e];D?(d.save(),d.translate(a,o+e*k),d.rotate(D),d.fillText(t,0,0),d.restore()):d.fillText(t,a,o+e*k)}}}S.show&&Lt(ne,S.filter(r,v,e,f,x),i,n,O,T,Q(S.width*q,3),S.stroke(r,e),S.dash,S.cap);let ie=t.grid;ie.show&&Lt(ne,ie.filter(r,v,e,f,x),i,i==0?2:1,i==0?Ae:ke,i==0?Me:je,Q(ie.width*q,3),ie.stroke(r,e),ie.dash,ie.cap),C.show&&Lt([O],[1],+(i==0),i==0?1:2,i==1?Ae:ke,i==1?Me:je,Q(C.width*q,3),C.stroke(r,e),C.dash,C.cap)}Xn(`drawAxes`)}function Vt(e){v.forEach((t,n)=>{n>0&&(t._paths=null,e&&(i==1?(t.min=null,t.max=null):t.facets.forEach(e=>{e.min=null,e.max=null})))})}let Ht=!1,Ut=!1,Wt=[];function Gt(){Ut=!1;for(let e=0;e<Wt.length;e++)Xn(...Wt[e]);Wt.length=0}function Kt(){Ht||=(ms(Jt),!0)}function qt(e,t=!1){Ht=!0,Ut=t,e(r),Jt(),t&&Wt.length>0&&queueMicrotask(Gt)}r.batch=qt;function Jt(){if(Ne&&=(Dt(),!1),Fe&&=(Ve(),!1),Pe){if(J(p,ya,we),J(p,_a,Te),J(p,ha,I),J(p,ga,L),J(m,ya,we),J(m,_a,Te),J(m,ha,I),J(m,ga,L),J(f,ha,Se),J(f,ga,Ce),u.width=Co(Se*q),u.height=Co(Ce*q),y.forEach(({_el:e,_show:t,_size:n,_pos:r,side:i})=>{if(e!=null){if(t){let t=i===3||i===0?n:0,a=i%2==1;J(e,a?`left`:`top`,r-t),J(e,a?`width`:`height`,n),J(e,a?`top`:`left`,a?Te:we),J(e,a?`height`:`width`,a?L:I),Va(e,ra)}else Ba(e,ra)}}),mt=ht=gt=vt=yt=bt=xt=St=_t=null,Ct=1,Pn(!0),we!=R||Te!=Ee||I!=De||L!=Oe){Vt(!1);let e=I/De,t=L/Oe;if(N&&!Ie&&j.left>=0){j.left*=e,j.top*=t,Qt&&Ga(Qt,Co(j.left),0,I,L),$t&&Ga($t,0,Co(j.top),I,L);for(let n=0;n<Ye.length;n++){let r=Ye[n];r!=null&&(Xe[n]*=e,Ze[n]*=t,Ga(r,wo(Xe[n]),wo(Ze[n]),I,L))}}if(K.show&&!Le&&K.left>=0&&K.width>0){K.left*=e,K.width*=e,K.top*=t,K.height*=t;for(let e in Ln)J(ln,e,K[e])}R=we,Ee=Te,De=I,Oe=L}Xn(`setSize`),Pe=!1}Se>0&&Ce>0&&(d.clearRect(0,0,u.width,u.height),Xn(`drawClear`),w.forEach(e=>e()),Xn(`draw`)),K.show&&Le&&(un(K),Le=!1),N&&Ie&&(Mn(null,!0,!1),Ie=!1),A.show&&A.live&&Re&&(An(),Re=!1),c||(c=!0,r.status=1,Xn(`ready`)),dt=!1,Ht=!1}r.redraw=(e,t)=>{Fe=t||!1,e===!1?Kt():fn(S,D.min,D.max)};function Yt(e,n){let i=b[e];if(i.from==null){if(ot==0){let t=i.range(r,n.min,n.max,e);n.min=t[0],n.max=t[1]}if(n.min>n.max){let e=n.min;n.min=n.max,n.max=e}if(ot>1&&n.min!=null&&n.max!=null&&n.max-n.min<1e-16)return;e==S&&i.distr==2&&ot>0&&(n.min=eo(n.min,t[0]),n.max=eo(n.max,t[0]),n.min==n.max&&n.max++),k[e]=n,Ne=!0,Kt()}}r.setScale=Yt;let Xt,Zt,Qt,$t,en,tn,nn,rn,an,on,H,U,sn=!1,cn=j.drag,W=cn.x,G=cn.y;N&&(j.x&&(Xt=Ua(aa,m)),j.y&&(Zt=Ua(oa,m)),D.ori==0?(Qt=Xt,$t=Zt):(Qt=Zt,$t=Xt),H=j.left,U=j.top);let K=r.select=cs({show:!0,over:!0,left:0,width:0,top:0,height:0},e.select),ln=K.show?Ua(ia,K.over?m:p):null;function un(e,t){if(K.show){for(let t in e)K[t]=e[t],t in Ln&&J(ln,t,e[t]);t!==!1&&Xn(`setSelect`)}}r.setSelect=un;function dn(e){if(v[e].show)M&&Va(ue[e],ra);else if(M&&Ba(ue[e],ra),N){let t=Je?Ye[0]:Ye[e];t!=null&&Ga(t,-10,-10,I,L)}}function fn(e,t,n){Yt(e,{min:t,max:n})}function pn(e,t,n,a){t.focus!=null&&Sn(e),t.show!=null&&v.forEach((n,r)=>{r>0&&(e==r||e==null)&&(n.show=t.show,dn(r),i==2?(fn(n.facets[0].scale,null,null),fn(n.facets[1].scale,null,null)):fn(n.scale,null,null),Kt())}),n!==!1&&Xn(`setSeries`,e,t),a&&tr(`setSeries`,r,e,t)}r.setSeries=pn;function mn(e,t){cs(x[e],t)}function hn(e,t){e.fill=Z(e.fill||null),e.dir=Y(e.dir,-1),t??=x.length,x.splice(t,0,e)}function gn(e){e==null?x.length=0:x.splice(e,1)}r.addBand=hn,r.setBand=mn,r.delBand=gn;function _n(e,t){v[e].alpha=t,N&&Ye[e]!=null&&(Ye[e].style.opacity=t),M&&ue[e]&&(ue[e].style.opacity=t)}let vn,yn,bn,xn={focus:!0};function Sn(e){if(e!=bn){let t=e==null,n=qe.alpha!=1;v.forEach((r,a)=>{if(i==1||a>0){let i=t||a==0||a==e;r._focus=t?null:i,n&&_n(a,i?1:qe.alpha)}}),bn=e,n&&Kt()}}M&&z&&be(Da,F,e=>{j._lock||(Ge(e),bn!=null&&pn(null,xn,!0,Qn.setSeries))});function Cn(e,t,n){let r=b[t];n&&(e=e/q-(r.ori==1?Te:we));let i=I;r.ori==1&&(i=L,e=i-e),r.dir==-1&&(e=i-e);let a=r._min,o=r._max,s=e/i,c=a+(o-a)*s,l=r.distr;return l==3?Do(10,c):l==4?jo(c,r.asinh):l==100?r.bwd(c):c}function wn(e,n){return eo(Cn(e,S,n),t[0],st,ct)}r.valToIdx=e=>eo(e,t[0]),r.posToIdx=wn,r.posToVal=Cn,r.valToPos=(e,t,n)=>b[t].ori==0?a(e,b[t],n?je:I,n?ke:0):o(e,b[t],n?Me:L,n?Ae:0),r.setCursor=(e,t,n)=>{H=e.left,U=e.top,Mn(null,t,n)};function Tn(e,t){J(ln,ya,K.left=e),J(ln,ha,K.width=t)}function En(e,t){J(ln,_a,K.top=e),J(ln,ga,K.height=t)}let Dn=D.ori==0?Tn:En,On=D.ori==1?Tn:En;function kn(){if(M&&A.live)for(let e=+(i==2);e<v.length;e++){if(e==0&&pe)continue;let t=A.values[e],n=0;for(let r in t)de[e][n++].firstChild.nodeValue=t[r]}}function An(e,t){if(e!=null&&(e.idxs?e.idxs.forEach((e,t)=>{se[t]=e}):ts(e.idx)||se.fill(e.idx),A.idx=se[0]),M&&A.live){for(let e=0;e<v.length;e++)(e>0||i==1&&!pe)&&jn(e,se[e]);kn()}Re=!1,t!==!1&&Xn(`setLegend`)}r.setLegend=An;function jn(e,n){let i=v[e],a=e==0&&O==2?ut:t[e],o;pe?o=i.values(r,e,n)??me:(o=i.value(r,n==null?null:a[n],e,n),o=o==null?me:{_:o}),A.values[e]=o}function Mn(e,n,a){an=H,on=U,[H,U]=j.move(r,H,U),j.left=H,j.top=U,N&&(Qt&&Ga(Qt,Co(H),0,I,L),$t&&Ga($t,0,Co(U),I,L));let o,s=st>ct;vn=X,yn=null;let c=D.ori==0?I:L,l=D.ori==1?I:L;if(H<0||ot==0||s){o=j.idx=null;for(let e=0;e<v.length;e++){let t=Ye[e];t!=null&&Ga(t,-10,-10,I,L)}z&&pn(null,xn,!0,e==null&&Qn.setSeries),A.live&&(se.fill(o),Re=!0)}else{let e,n,a;i==1&&(e=D.ori==0?H:U,n=Cn(e,S),o=j.idx=eo(n,t[0],st,ct),a=ee(t[0][o],D,c,0));let s=-10,u=-10,d=0,f=0,p=!0,m=``,h=``;for(let e=+(i==2);e<v.length;e++){let g=v[e],_=se[e],y=_==null?null:i==1?t[e][_]:t[e][1][_],x=j.dataIdx(r,e,o,n),S=x==null?null:i==1?t[e][x]:t[e][1][x];if(Re=Re||S!=y||x!=_,se[e]=x,e>0&&g.show){let n=x==null?-10:x==o?a:ee(i==1?t[0][x]:t[e][0][x],D,c,0),_=S==null?-10:te(S,i==1?b[g.scale]:b[g.facets[1].scale],l,0);if(z&&S!=null){let t=D.ori==1?H:U,n=xo(qe.dist(r,e,x,_,t));if(n<vn){let r=qe.bias;if(r!=0){let i=Cn(t,g.scale),a=S>=0?1:-1,o=i>=0?1:-1;o==a&&(o==1?r==1?S>=i:S<=i:r==1?S<=i:S>=i)&&(vn=n,yn=e)}else vn=n,yn=e}}if(Re||Je){let t,i;D.ori==0?(t=n,i=_):(t=_,i=n);let a,o,c,l,g,v,y=!0,b=Ke.bbox;if(b!=null){y=!1;let t=b(r,e);c=t.left,l=t.top,a=t.width,o=t.height}else c=t,l=i,a=o=Ke.size(r,e);if(v=Ke.fill(r,e),g=Ke.stroke(r,e),Je)e==yn&&vn<=qe.prox&&(s=c,u=l,d=a,f=o,p=y,m=v,h=g);else{let t=Ye[e];t!=null&&(Xe[e]=c,Ze[e]=l,Ya(t,a,o,y),qa(t,v,g),Ga(t,wo(c),wo(l),I,L))}}}}if(Je){let e=qe.prox;if(Re||(bn==null?vn<=e:vn>e||yn!=bn)){let e=Ye[0];e!=null&&(Xe[0]=s,Ze[0]=u,Ya(e,d,f,p),qa(e,m,h),Ga(e,wo(s),wo(u),I,L))}}}if(K.show&&sn){if(e!=null){let[t,n]=Qn.scales,[r,i]=Qn.match,[a,o]=e.cursor.sync.scales,s=e.cursor.drag;if(W=s._x,G=s._y,W||G){let{left:s,top:u,width:d,height:f}=e.select,p=e.scales[a].ori,m=e.posToVal,h,g,_,v,y,x=t!=null&&r(t,a),S=n!=null&&i(n,o);x&&W?(p==0?(h=s,g=d):(h=u,g=f),_=b[t],v=ee(m(h,a),_,c,0),y=ee(m(h+g,a),_,c,0),Dn(To(v,y),xo(y-v))):Dn(0,c),S&&G?(p==1?(h=s,g=d):(h=u,g=f),_=b[n],v=te(m(h,o),_,l,0),y=te(m(h+g,o),_,l,0),On(To(v,y),xo(y-v))):On(0,l)}else Rn()}else{let e=xo(an-en),t=xo(on-tn);if(D.ori==1){let n=e;e=t,t=n}W=cn.x&&e>=cn.dist,G=cn.y&&t>=cn.dist;let n=cn.uni;n==null?cn.x&&cn.y&&(W||G)&&(W=G=!0):W&&G&&(W=e>=n,G=t>=n,!W&&!G&&(t>e?G=!0:W=!0));let r,i;W&&(D.ori==0?(r=nn,i=H):(r=rn,i=U),Dn(To(r,i),xo(i-r)),G||On(0,l)),G&&(D.ori==1?(r=nn,i=H):(r=rn,i=U),On(To(r,i),xo(i-r)),W||Dn(0,c)),!W&&!G&&(Dn(0,0),On(0,0))}}if(cn._x=W,cn._y=G,e==null){if(a){if($n!=null){let[e,t]=Qn.scales;Qn.values[0]=e==null?null:Cn(D.ori==0?H:U,e),Qn.values[1]=t==null?null:Cn(D.ori==1?H:U,t)}tr(Ca,r,H,U,I,L,o)}if(z){let e=a&&Qn.setSeries,t=qe.prox;bn==null?vn<=t&&pn(yn,xn,!0,e):vn>t?pn(null,xn,!0,e):yn!=bn&&pn(yn,xn,!0,e)}}Re&&(A.idx=o,An()),n!==!1&&Xn(`setCursor`)}let Nn=null;Object.defineProperty(r,"rect",{get(){return Nn??Pn(!1),Nn}});function Pn(e=!1){e?Nn=null:(Nn=m.getBoundingClientRect(),Xn(`syncRect`,Nn))}function Fn(e,t,n,r,i,a,o){j._lock||sn&&e!=null&&e.movementX==0&&e.movementY==0||(In(e,t,n,r,i,a,o,!1,e!=null),e==null?Mn(t,!0,!1):Mn(null,!0,!0))}function In(e,t,n,i,a,o,c,l,u){if(Nn??Pn(!1),Ge(e),e!=null)n=e.clientX-Nn.left,i=e.clientY-Nn.top;else{if(n<0||i<0){H=-10,U=-10;return}let[e,r]=Qn.scales,c=t.cursor.sync,[l,u]=c.values,[d,f]=c.scales,[p,m]=Qn.match,h=t.axes[0].side%2==1,g=D.ori==0?I:L,_=D.ori==1?I:L,v=h?o:a,y=h?a:o,x=h?i:n,S=h?n:i;if(n=d==null?x/v*g:p(e,d)?s(l,b[e],g,0):-10,i=f==null?S/y*_:m(r,f)?s(u,b[r],_,0):-10,D.ori==1){let e=n;n=i,i=e}}u&&(t==null||t.cursor.event.type==Ca)&&((n<=1||n>=I-1)&&(n=Wo(n,I)),(i<=1||i>=L-1)&&(i=Wo(i,L))),l?(en=n,tn=i,[nn,rn]=j.move(r,n,i)):(H=n,U=i)}let Ln={width:0,height:0,left:0,top:0};function Rn(){un(Ln,!1)}let zn,Bn,Vn,Hn;function Un(e,t,n,i,a,o,s){sn=!0,W=G=cn._x=cn._y=!1,In(e,t,n,i,a,o,s,!0,!1),e!=null&&(be(Ta,Fa,Wn,!1),tr(wa,r,nn,rn,I,L,null));let{left:c,top:l,width:u,height:d}=K;zn=c,Bn=l,Vn=u,Hn=d}function Wn(e,t,n,i,a,o,s){sn=cn._x=cn._y=!1,In(e,t,n,i,a,o,s,!1,!0);let{left:c,top:l,width:u,height:d}=K,f=u>0||d>0,p=zn!=c||Bn!=l||Vn!=u||Hn!=d;if(f&&p&&un(K),cn.setScale&&f&&p){let e=c,t=u,n=l,r=d;if(D.ori==1&&(e=l,t=d,n=c,r=u),W&&fn(S,Cn(e,S),Cn(e+t,S)),G)for(let e in b){let t=b[e];e!=S&&t.from==null&&t.min!=X&&fn(e,Cn(n+r,e),Cn(n,e))}Rn()}else j.lock&&(j._lock=!j._lock,Mn(t,!0,e!=null));e!=null&&(xe(Ta,Fa),tr(Ta,r,H,U,I,L,null))}function Gn(e,t,n,r,i,a,o){if(j._lock)return;Ge(e);let s=sn;if(sn){let e=!0,t=!0,n,r;D.ori==0?(n=W,r=G):(n=G,r=W),n&&r&&(e=H<=10||H>=I-10,t=U<=10||U>=L-10),n&&e&&(H=H<nn?0:I),r&&t&&(U=U<rn?0:L),Mn(null,!0,!0),sn=!1}H=-10,U=-10,se.fill(null),Mn(null,!0,!0),s&&(sn=s)}function Kn(e,t,n,i,a,o,s){j._lock||(Ge(e),pt(),Rn(),e!=null&&tr(Oa,r,H,U,I,L,null))}function qn(){y.forEach(Kl),ze(r.width,r.height,!0)}Qa(Ma,Ia,qn);let Jn={};Jn.mousedown=Un,Jn.mousemove=Fn,Jn.mouseup=Wn,Jn.dblclick=Kn,Jn.setSeries=(e,t,n,i)=>{let a=Qn.match[2];n=a(r,t,n),n!=-1&&pn(n,i,!0,!1)},N&&(be(wa,m,Un),be(Ca,m,Fn),be(Ea,m,e=>{Ge(e),Pn(!1)}),be(Da,m,Gn),be(Oa,m,Kn),Al.add(r),r.syncRect=Pn);let Yn=r.hooks=e.hooks||{};function Xn(e,t,n){Ut?Wt.push([e,t,n]):e in Yn&&Yn[e].forEach(e=>{e.call(null,r,t,n)})}(e.plugins||[]).forEach(e=>{for(let t in e.hooks)Yn[t]=(Yn[t]||[]).concat(e.hooks[t])});let Zn=(e,t,n)=>n,Qn=cs({key:null,setSeries:!1,filters:{pub:Bo,sub:Bo},scales:[S,v[1]?v[1].scale:null],match:[Vo,Vo,Zn],values:[null,null]},j.sync);Qn.match.length==2&&Qn.match.push(Zn),j.sync=Qn;let $n=Qn.key,er=Zc($n);function tr(e,t,n,r,i,a,o){Qn.filters.pub(e,t,n,r,i,a,o)&&er.pub(e,t,n,r,i,a,o)}er.sub(r);function nr(e,t,n,r,i,a,o){Qn.filters.sub(e,t,n,r,i,a,o)&&Jn[e](null,t,n,r,i,a,o)}r.pub=nr;function rr(){er.unsub(r),Al.delete(r),ye.clear(),$a(Ma,Ia,qn),l.remove(),F?.remove(),Xn(`destroy`)}r.destroy=rr;function ir(){Xn(`init`,e,t),ft(t||e.data,!1),k[S]?Yt(S,k[S]):pt(),Le=K.show&&(K.width>0||K.height>0),Ie=Re=!0,ze(e.width,e.height)}return v.forEach($e),y.forEach(nt),n?n instanceof HTMLElement?(n.appendChild(l),ir()):n(r,ir):ir(),r}ql.assign=cs,ql.fmtNum=vo,ql.rangeNum=mo,ql.rangeLog=so,ql.rangeAsinh=co,ql.orient=el,ql.pxRatio=q,ql.join=ps,ql.fmtDate=Es,ql.tzDate=Os,ql.sync=Zc;{ql.addGap=al,ql.clipGaps=il;let e=ql.paths={points:yl};e.linear=Cl,e.stepped=wl,e.bars=El,e.spline=Ol}var Jl={apart:4,wide:3,gap:1.5},Yl={strip:3,shade:56,apart:14},Xl=12,Zl={least:2,round:4},Ql={workout:{colour:`workout`,fill:.13,until:900},night:{colour:`sleep`,fill:.11,until:1/0},nap:{colour:`sleep`,fill:.07,until:1/0}},$l={radius:3.5,fresh:3600},eu=24,tu=.08,nu=[su,ou],ru=[cu,uu,du,fu,pu];function iu({context:e,box:t}){e.beginPath(),e.rect(t.left,t.top,t.width,t.height),e.clip()}function au({context:e,pixel:t,colours:n,font:r},i,a,o){e.font=r(11,500),e.lineJoin=`round`,e.lineWidth=3*t,e.strokeStyle=n.ground,e.strokeText(i,a,o),e.fillText(i,a,o)}function ou({context:e,pixel:t,box:n,scene:r,colours:i,y:a}){for(let o of r.scale){let[s,c]=[o.min??r.bpm[0],(o.max??r.bpm[1])+1],[l,u]=[a(s)-Jl.gap*t,a(c)];if(l<=u)continue;let d=n.left+n.width+(o.custom?0:Jl.apart*t);e.fillStyle=xt(i,o),e.beginPath(),e.roundRect(d,u,Jl.wide*t,l-u,Jl.wide*t),e.fill()}}function su(e){let{context:t,pixel:n,box:r,scene:i,colours:a,x:o}=e,{start:s,end:c}=i.view,l=(c-s)/Math.max(r.width/n,1);for(let e of i.sessions){let{colour:i,fill:s,until:c}=Ql[e.look];if(l>c)continue;let u=o(e.start),d=Math.max(o(e.end)-u,Zl.least*n);t.fillStyle=St(a[i],s),t.beginPath(),t.roundRect(u,r.top,d,r.height,Math.min(Zl.round*n,d/4)),t.fill()}}function cu(e){let{context:t,pixel:n,scene:r,colours:i,x:a,y:o}=e,{view:s}=r,c=r.days.filter(({start:e,end:t,resting:n})=>n!==null&&t>s.start&&e<s.end),l=c.at(-1);if(!l)return;iu(e),t.beginPath();let u=!!r.columns.hours,d;for(let e of c){let n=o(e.resting),r=u?[on(e)]:[e.start,e.end];for(let[i,o]of r.entries())!i&&d!==e.start?t.moveTo(a(o),n):t.lineTo(a(o),n);d=e.end}let f=(a(l.end)-a(c[0].start))/c.length;!u&&f>Xl*n&&t.setLineDash([4*n,4*n]),t.lineWidth=(u?2:1.25)*n,t.lineJoin=`round`,t.strokeStyle=i.resting,t.stroke(),t.setLineDash([]);let p=lu(Math.min(l.end,s.end),r)>=l.resting;t.textAlign=`right`,t.textBaseline=p?`top`:`bottom`,t.fillStyle=i.resting;let m=(p?4:-3)*n;au(e,r.resting,a(l.end)-6*n,o(l.resting)+m)}function lu(e,{columns:t,view:n}){let r=e-(n.end-n.start)*tu,i=t.mean.filter((n,i)=>n!==null&&t.x[i]>=r&&t.x[i]<=e);return i.reduce((e,t)=>e+t/i.length,0)}function uu(e){let{context:t,pixel:n,box:r,scene:i,colours:a,x:o}=e,{view:s}=i;iu(e);let c={high:-1/0,low:-1/0};for(let{kind:e,start:l,end:u}of i.alerts){if(u<=s.start||l>=s.end)continue;let i=a[e],[d,f]=[o(l),o(u)],p=Math.max(f-d,3*n),m=(d+f)/2,h=m-p/2,g=e===`high`?r.top:r.top+r.height,_=e===`high`?n:-n,v=e=>t.fillRect(h,Math.min(g,g+_*e),p,e*n);if(f-d>3*n){let e=t.createLinearGradient(0,g,0,g+_*Yl.shade);e.addColorStop(0,St(i,.25)),e.addColorStop(1,St(i,0)),t.fillStyle=e,v(Yl.shade)}t.fillStyle=i,v(Yl.strip),m-c[e]<Yl.apart*n||(c[e]=m,t.beginPath(),t.moveTo(m-5*n,g+_*(Yl.strip-.5)),t.lineTo(m+5*n,g+_*(Yl.strip-.5)),t.lineTo(m,g+_*(Yl.strip+5.5)),t.fill())}}function du(e){let{context:t,pixel:n,box:r,scene:i,colours:a,x:o}=e,{columns:s,view:c,hasAlerts:l}=i;if(!s.hours||!l)return;iu(e);let u=Yl.strip*n;for(let e of[`high`,`low`]){let i=e===`high`?r.top:r.top+r.height-u;for(let[r,l]of s.hours[e].entries()){let[d,f]=[s.from[r],s.to[r]];!l||f<=c.start||d>=c.end||(t.fillStyle=St(a[e],.4+.6*l/eu),t.fillRect(o(d),i,Math.max(o(f)-o(d)-n,n),u))}}}function fu(e){let{context:t,pixel:n,box:r,scene:i,colours:a,x:o,y:s,font:c}=e;if(!i.peak)return;let{time:l,bpm:u,words:d,isWorkout:f}=i.peak;t.font=c(11,500);let p=t.measureText(d).width+8*n,m=o(l)+p>r.left+r.width;t.textAlign=m?`right`:`left`,t.textBaseline=`middle`,t.fillStyle=f?a.workout:a.text;let h=Math.max(s(u)-6*n,r.top+8*n);au(e,d,o(l)+(m?-6:6)*n,h)}function pu({context:e,pixel:t,scene:n,colours:r,x:i,y:a}){let{columns:o,view:s,isLive:c,steps:l}=n,u=o.x.length-1,[d,f]=[o.to[u],o.mean[u]];if(!c||o.hours||d===void 0||f==null||s.end-d>$l.fresh)return;let p=l.findLast(({from:e})=>e<=f)?.name;e.fillStyle=p?xt(r,{name:p,custom:!1}):r.line,e.strokeStyle=r.ground,e.lineWidth=1.5*t,e.beginPath(),e.arc(i(o.x[u]),a(f),$l.radius*t,0,2*Math.PI),e.fill(),e.stroke()}var mu={apart:62,half:16},hu={font:11,wide:34,high:24},gu={bare:8,named:30},_u={bare:4,scaled:10},vu={main:1.75,back:1.25},yu={main:.26,back:.16},bu=2,xu=28,Su=14,Cu=class{constructor(e,t,n){this.parent=e,this.scene=t,this.colours=bt(e);let r={stroke:()=>this.colours.text,grid:{stroke:()=>St(this.colours.grid,.7),width:1},ticks:{show:!1},gap:6};this.chart=new ql({...this.size(),legend:{show:!1},padding:[()=>this.scene.hasNames?gu.named:gu.bare,()=>this.scene.scale.length?_u.scaled:_u.bare,0,0],focus:{alpha:1},cursor:{y:!1,drag:{x:!1,y:!1,setScale:!1},points:{show:!1},move:(e,t,n)=>[this.snap(t),n]},scales:{x:{time:!1,auto:!1},y:{auto:!1,range:()=>this.scene.bpm}},axes:[{...r,size:hu.high,grid:{show:!1},splits:()=>this.marks().map(({time:e})=>e),values:()=>this.marks().map(({label:e})=>e)},{...r,size:hu.wide,space:34,incrs:[10,20,50,100],values:(e,t)=>t.map(e=>`${e}`)}],series:[{},{width:0,points:{show:!1}},{width:0,points:{show:!1}},{width:vu.main,stroke:()=>this.heart(1),fill:()=>this.glow(),points:{filter:()=>this.marked(),size:4.5,fill:()=>this.heart(1)},spanGaps:!1}],bands:[{series:[1,2],fill:()=>this.scene.hasBand?this.heart(this.scene.columns.hours?yu.back:yu.main):`transparent`}],hooks:{drawClear:[()=>this.paint(nu)],draw:[()=>this.paint(ru)],setCursor:[()=>n(this.place())]}},wu(t.columns),e),this.show(t)}get over(){return this.chart.over}get frame(){let{left:e,top:t,width:n,height:r}=this.chart.bbox,i=devicePixelRatio;return{left:e/i,top:t/i,width:n/i,height:r/i}}show(e){let t=e.columns===this.scene.columns,n=e.hasNames!==this.scene.hasNames||!e.scale.length!=!this.scene.scale.length;this.scene=e;let r=this.chart.series[3];r.width=e.columns.hours&&e.days.length?vu.back:vu.main,this.chart.batch(()=>{n&&this.chart.redraw(!1,!0),t||this.chart.setData(wu(e.columns),!1),this.chart.setScale(`x`,{min:e.view.start,max:e.view.end}),this.chart.setScale(`y`,{min:e.bpm[0],max:e.bpm[1]})})}redraw(){this.dress(),this.chart.redraw(!0,!0)}resize(){let{width:e,height:t}=this.size();this.dress(),e!==this.chart.width||t!==this.chart.height?this.chart.setSize({width:e,height:t}):this.chart.redraw(!0,!0)}pointAt(e){let t=e===void 0?void 0:this.scene.columns.x[e];this.chart.setCursor({left:t===void 0?-10:this.chart.valToPos(t,`x`),top:10})}at(e){let{columns:t,view:n}=this.scene,r=gn(t,n.start+(n.end-n.start)*e);if(r===void 0)return;let i=t.x[r],a=i<n.start?1:i>n.end?-1:0;return a?_n(t,r,a):r}destroy(){this.chart.destroy()}dress(){this.colours=bt(this.parent);let e=hu.font*devicePixelRatio;for(let t of this.chart.axes)t.font=[this.font(e),e,hu.font]}font(e,t=400){return`${t} ${e}px ${getComputedStyle(this.parent).fontFamily||`sans-serif`}`}size(){return{width:Math.max(this.parent.clientWidth,60),height:Math.max(this.parent.clientHeight,60)}}snap(e){let t=e<0?void 0:gn(this.scene.columns,this.chart.posToVal(e,`x`));if(t===void 0)return-10;let n=this.chart.valToPos(this.scene.columns.x[t],`x`);return Math.abs(n-e)<=xu&&n>=-1&&n<=this.frame.width+1?n:-10}place(){let e=this.chart.cursor.left??-10;if(e<-1)return;let t=gn(this.scene.columns,this.chart.posToVal(e,`x`));if(t!==void 0)return{index:t,left:e,top:this.chart.valToPos(this.scene.columns.mean[t],`y`)}}marks(){let{view:e,formats:t}=this.scene,n=this.chart.bbox.width/devicePixelRatio,r=(e.end-e.start)/Math.max(n,1);return Ir({start:e.start,end:e.end-mu.half*r},r*mu.apart,t)}marked(){let{columns:e,view:t}=this.scene,{x:n,mean:r}=e,i=(t.end-t.start)/Math.max(this.frame.width,1),a=[];for(let e=0;e<n.length;e++){if(r[e]==null)continue;let t=n[e],[o,s]=[e>0&&r[e-1]!=null,r[e+1]!=null],c=(!o||t-n[e-1]>Su*i)&&(!s||n[e+1]-t>Su*i);(!o&&!s||c)&&a.push(e)}return a}heart(e){let{steps:t,bpm:n}=this.scene;if(!t.length)return St(this.colours.line,e);let{top:r,height:i}=this.chart.bbox,a=this.chart.ctx.createLinearGradient(0,r+i,0,r),o=(t,r)=>{let i=(t-n[0])/(n[1]-n[0]);a.addColorStop(Math.min(Math.max(i,0),1),St(r,e))},s=this.colours.below;o(0,s);for(let{from:e,name:n}of t){let t=xt(this.colours,{name:n,custom:!1});o(e-bu,s),o(e+bu,t),s=t}return a}glow(){if(this.scene.columns.hours)return`transparent`;let{top:e,height:t}=this.chart.bbox,n=this.chart.ctx.createLinearGradient(0,e,0,e+t),r=this.scene.steps.length?this.colours.light:this.colours.line;return n.addColorStop(0,St(r,.16)),n.addColorStop(1,St(r,0)),n}paint(e){let{ctx:t,bbox:n}=this.chart,{scene:r,colours:i}=this,{view:a,bpm:o}=r,s=(e,[t,n])=>Math.min(Math.max(e,t),n),c={context:t,pixel:devicePixelRatio,box:n,scene:r,colours:i,x:e=>this.chart.valToPos(s(e,[a.start,a.end]),`x`,!0),y:e=>this.chart.valToPos(s(e,o),`y`,!0),font:(e,t)=>this.font(e*devicePixelRatio,t)};for(let n of e)t.save(),n(c),t.restore()}};function wu({x:e,mean:t,high:n,low:r}){return[e,n,r,t]}var Tu={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},Eu=e=>(...t)=>({_$litDirective$:e,values:t}),Du=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,n){this._$Ct=e,this._$AM=t,this._$Ci=n}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}},{I:Ou}=ze,ku=e=>e,Au=()=>document.createComment(``),ju=(e,t,n)=>{let r=e._$AA.parentNode,i=t===void 0?e._$AB:t._$AA;if(n===void 0)n=new Ou(r.insertBefore(Au(),i),r.insertBefore(Au(),i),e,e.options);else{let t=n._$AB.nextSibling,a=n._$AM,o=a!==e;if(o){let t;n._$AQ?.(e),n._$AM=e,n._$AP!==void 0&&(t=e._$AU)!==a._$AU&&n._$AP(t)}if(t!==i||o){let e=n._$AA;for(;e!==t;){let t=ku(e).nextSibling;ku(r).insertBefore(e,i),e=t}}}return n},Mu=(e,t,n=e)=>(e._$AI(t,n),e),Nu={},Pu=(e,t=Nu)=>e._$AH=t,Fu=e=>e._$AH,Iu=e=>{e._$AR(),e._$AA.remove()},Lu=(e,t,n)=>{let r=new Map;for(let i=t;i<=n;i++)r.set(e[i],i);return r},Ru=Eu(class extends Du{constructor(e){if(super(e),e.type!==Tu.CHILD)throw Error(`repeat() can only be used in text expressions`)}dt(e,t,n){let r;n===void 0?n=t:t!==void 0&&(r=t);let i=[],a=[],o=0;for(let t of e)i[o]=r?r(t,o):o,a[o]=n(t,o),o++;return{values:a,keys:i}}render(e,t,n){return this.dt(e,t,n).values}update(e,[t,n,r]){let i=Fu(e),{values:a,keys:o}=this.dt(t,n,r);if(!Array.isArray(i))return this.ut=o,a;let s=this.ut??=[],c=[],l,u,d=0,f=i.length-1,p=0,m=a.length-1;for(;d<=f&&p<=m;)if(i[d]===null)d++;else if(i[f]===null)f--;else if(s[d]===o[p])c[p]=Mu(i[d],a[p]),d++,p++;else if(s[f]===o[m])c[m]=Mu(i[f],a[m]),f--,m--;else if(s[d]===o[m])c[m]=Mu(i[d],a[m]),ju(e,c[m+1],i[d]),d++,m--;else if(s[f]===o[p])c[p]=Mu(i[f],a[p]),ju(e,i[d],i[f]),f--,p++;else if(l===void 0&&(l=Lu(o,p,m),u=Lu(s,d,f)),l.has(s[d])){if(l.has(s[f])){let t=u.get(o[p]),n=t===void 0?null:i[t];if(n===null){let t=ju(e,i[d]);Mu(t,a[p]),c[p]=t}else c[p]=Mu(n,a[p]),ju(e,i[d],n),i[t]=null;p++}else Iu(i[f]),f--}else Iu(i[d]),d++;for(;p<=m;){let t=ju(e,c[m+1]);Mu(t,a[p]),c[p++]=t}for(;d<=f;){let e=i[d++];e!==null&&Iu(e)}return this.ut=o,Pu(e,c),Te}});function zu(e,t,n,r){let{language:i}=e,a=Date.now()/1e3;return L`<div class="sessions" role="group" aria-label=${B(i,`sessions`)}>
    ${Ru(Xn(Yn(t,n,a,i),e,n.width),({session:e})=>e.id,t=>{let i=t.form===`label`?ar(t.name)/2:12,o=t.form===`mark`?t.middle:tr(t.middle,i,n.width),s=`left:${n.left+o}px`;return t.form===`mark`?L`<i class="mark" style=${s}></i>`:Bu(e,t,s,a,r)})}
  </div>`}function Bu(e,t,n,r,i){let{session:a,name:o,form:s}=t,c=`${o}, ${Hu(a,e,r)}`;return L`<button
    class="pick ${Jn(a)?`quiet`:``}"
    style=${n}
    data-session=${a.id}
    aria-label=${c}
    title=${c}
    @click=${()=>i(a)}
  >
    <ha-icon icon=${a.icon}></ha-icon>${s===`label`?L`<span>${o}</span>`:R}
  </button>`}var Vu=new WeakMap;function Hu(e,t,n){let r=Vu.get(e);if(r?.formats===t)return r.when;let i=e.when(t,n);return Vu.set(e,{formats:t,when:i}),i}function Uu(e,t,n){let{language:r}=e,i=t.name(r),a=B(r,`close_session`);return L`<header class="session" role="region" aria-label=${i} @keydown=${e=>{e.key===`Escape`&&n()}}>
    <button class="round" aria-label=${a} title=${a} @click=${n}>${gr}</button>
    <div class="title">
      <h2 tabindex="-1"><ha-icon icon=${t.icon}></ha-icon>${i}</h2>
      <div class="when">${t.when(e,Date.now()/1e3)}</div>
    </div>
    <dl class="numbers">
      ${t.figures(e).map(([e,t])=>L`<div>
            <dt>${B(r,e)}</dt>
            <dd>${t??`–`}</dd>
          </div>`)}
    </dl>
  </header>`}var Wu=`.uplot,.uplot *,.uplot :before,.uplot :after{box-sizing:border-box}.uplot{width:min-content;font-family:system-ui,-apple-system,Segoe UI,Roboto,Helvetica Neue,Arial,Noto Sans,sans-serif,Apple Color Emoji,Segoe UI Emoji,Segoe UI Symbol,Noto Color Emoji;line-height:1.5}.u-title{text-align:center;font-size:18px;font-weight:700}.u-wrap{-webkit-user-select:none;user-select:none;position:relative}.u-over,.u-under{position:absolute}.u-under{overflow:hidden}.uplot canvas{width:100%;height:100%;display:block;position:relative}.u-axis{position:absolute}.u-legend{text-align:center;margin:auto;font-size:14px}.u-inline{display:block}.u-inline *{display:inline-block}.u-inline tr{margin-right:16px}.u-legend th{font-weight:600}.u-legend th>*{vertical-align:middle;display:inline-block}.u-legend .u-marker{width:1em;height:1em;margin-right:4px;background-clip:padding-box!important}.u-inline.u-live th:after{content:":";vertical-align:middle}.u-inline:not(.u-live) .u-value{display:none}.u-series>*{padding:4px}.u-series th{cursor:pointer}.u-legend .u-off>*{opacity:.3}.u-select{pointer-events:none;background:#00000012;position:absolute}.u-cursor-x,.u-cursor-y{pointer-events:none;will-change:transform;position:absolute;top:0;left:0}.u-hz .u-cursor-x,.u-vt .u-cursor-y{border-right:1px dashed #607d8b;height:100%}.u-hz .u-cursor-y,.u-vt .u-cursor-x{border-bottom:1px dashed #607d8b;width:100%}.u-cursor-pt{pointer-events:none;will-change:transform;border:0 solid;border-radius:50%;position:absolute;top:0;left:0;background-clip:padding-box!important}.u-axis.u-off,.u-select.u-off,.u-cursor-x.u-off,.u-cursor-y.u-off,.u-cursor-pt.u-off{display:none}`,Gu=x`
  .sessions {
    position: absolute;
    inset: 0 0 auto;
    height: 0;
    z-index: 102;
  }
  .sessions > * {
    position: absolute;
    transform: translateX(-50%);
  }
  .pick {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 4px;
    min-width: 24px;
    height: 24px;
    padding: 0 4px;
    border-radius: 12px;
    background: color-mix(in srgb, var(--zone-workout) 14%, var(--zone-ground));
    color: var(--primary-text-color);
    font-size: 12px;
    white-space: nowrap;
  }
  .pick:has(span) {
    padding-inline-end: 8px;
  }
  /* Fingers need more than what is drawn. */
  .pick::after {
    content: "";
    position: absolute;
    inset: -6px 0;
  }
  .pick:hover {
    background: color-mix(in srgb, var(--zone-workout) 32%, var(--zone-ground));
  }
  .pick ha-icon {
    --mdc-icon-size: 16px;
    display: flex;
  }
  .pick.quiet {
    background: none;
    color: var(--zone-sleep);
  }
  .pick.quiet:hover {
    background: color-mix(in srgb, var(--zone-sleep) 24%, var(--zone-ground));
  }
  .mark {
    top: 12px;
    width: 2px;
    height: 10px;
    border-radius: 1px;
    background: var(--zone-workout);
    pointer-events: none;
  }
  .session .round {
    margin: -4px -4px 0 -8px;
  }
  .session h2 {
    display: flex;
    gap: 6px;
    outline: none;
  }
  .session h2 ha-icon {
    --mdc-icon-size: 20px;
    display: flex;
  }
  .session .when {
    color: var(--secondary-text-color);
    font-size: 12px;
    line-height: 16px;
  }
  .stages {
    position: relative;
    /* The chart reaches as far out, and the plot is measured in it. */
    left: -4px;
    flex: none;
    box-sizing: border-box;
    height: calc(var(--rows) * 10px);
    margin-top: -4px;
    overflow: hidden;
    border-radius: 2px;
    background: repeating-linear-gradient(
      color-mix(in srgb, var(--zone-sleep) 12%, transparent) 0 9px,
      transparent 9px 10px
    );
  }
  .stages i {
    position: absolute;
    top: calc(var(--row) * 10px);
    height: 9px;
    min-width: 1px;
  }
  .zone-bar {
    display: flex;
    flex: none;
    gap: 2px;
    height: 6px;
    overflow: hidden;
    border-radius: 3px;
  }
  .zone-bar i {
    min-width: 2px;
  }
`,Ku=[b(Wu),yt,Ct,x`
    :host {
      display: block;
      /* As all of our languages, and time in a chart. */
      direction: ltr;
      height: 100%;
    }
    :host([hidden]) {
      display: none;
    }
    ha-card {
      box-sizing: border-box;
      height: 100%;
      overflow: hidden;
      container-type: inline-size;
      /* What lies on the plot never lies on Home Assistant's header, under which the card scrolls. */
      isolation: isolate;
      color: var(--primary-text-color);
    }
    .card {
      box-sizing: border-box;
      display: flex;
      flex-direction: column;
      height: 100%;
      padding: 14px 16px 12px;
      gap: 8px;
    }
    .top {
      display: flex;
      flex-wrap: wrap;
      align-items: flex-start;
      justify-content: space-between;
      gap: 8px 16px;
    }
    header {
      display: flex;
      flex: 1 1 320px;
      min-width: 0;
      align-items: flex-start;
      gap: 12px;
    }
    .title {
      flex: 1;
      min-width: 0;
    }
    h2 {
      margin: 0;
      font-size: 16px;
      font-weight: 500;
      line-height: 24px;
      white-space: nowrap;
      overflow: hidden;
      text-overflow: ellipsis;
    }
    .sum {
      margin: 2px 0 0;
      overflow: hidden;
      color: var(--secondary-text-color);
      font-size: 13px;
      line-height: 18px;
      font-variant-numeric: tabular-nums;
    }
    /* Each part has a dot before it; that of the first in a line is cut off. */
    .sum .parts {
      display: flex;
      flex-wrap: wrap;
      margin-inline-start: -16px;
    }
    .sum .part::before {
      content: "·";
      display: inline-block;
      width: 16px;
      text-align: center;
    }
    .sum .swatch {
      width: 8px;
      height: 8px;
      margin-inline-end: 5px;
      border-radius: 50%;
    }
    .newest {
      display: grid;
      grid-template-columns: auto auto;
      column-gap: 6px;
      align-items: center;
      justify-items: end;
      text-align: right;
    }
    .newest b {
      font-size: 28px;
      font-weight: 500;
      line-height: 28px;
      letter-spacing: -0.02em;
      font-variant-numeric: tabular-nums;
    }
    .newest small {
      grid-column: 1 / -1;
    }
    .newest svg {
      width: 20px;
      height: 20px;
      fill: var(--zone-line);
      animation: beat 1.2s ease-in-out infinite;
    }
    @keyframes beat {
      0%,
      40%,
      100% {
        transform: scale(1);
      }
      15% {
        transform: scale(1.16);
      }
    }
    small,
    .period,
    .numbers {
      color: var(--secondary-text-color);
      font-size: 12px;
      line-height: 16px;
    }
    .numbers {
      display: flex;
      gap: 20px;
      margin: 0;
      padding-inline-end: 12px;
    }
    .numbers dd {
      margin: 0;
      color: var(--primary-text-color);
      font-size: 16px;
      line-height: 20px;
      font-variant-numeric: tabular-nums;
    }
    .numbers small {
      white-space: nowrap;
    }
    .chart {
      position: relative;
      flex: 1 1 240px;
      min-height: 110px;
      margin: 0 -4px;
      border-radius: 8px;
      outline: none;
    }
    .chart.fixed {
      flex: none;
    }
    .chart:focus-visible {
      box-shadow: 0 0 0 2px var(--primary-color);
    }
    .plot {
      position: absolute;
      inset: 0;
    }
    .plot .uplot {
      width: 100%;
      font-family: inherit;
    }
    .plot .u-over {
      cursor: crosshair;
      touch-action: pan-y;
      -webkit-user-select: none;
      user-select: none;
    }
    .dragging .u-over {
      cursor: grabbing;
    }
    .plot .u-hz .u-cursor-x {
      border-right: 1px solid var(--secondary-text-color);
      opacity: 0.5;
    }
    .dot {
      position: absolute;
      width: 9px;
      height: 9px;
      margin: -6.5px 0 0 -6.5px;
      border: 2px solid var(--zone-ground);
      border-radius: 50%;
      pointer-events: none;
      z-index: 101;
    }
    .tip {
      position: absolute;
      top: 0;
      left: 0;
      max-width: min(230px, 72%);
      padding: 8px 10px;
      border-radius: 10px;
      background: var(--zone-ground);
      color: var(--primary-text-color);
      box-shadow:
        0 0 0 1px var(--divider-color),
        0 4px 16px rgba(0, 0, 0, 0.18);
      font-size: 12px;
      line-height: 17px;
      pointer-events: none;
      z-index: 102;
    }
    .tip p {
      margin: 0;
    }
    .tip .value {
      font-size: 18px;
      line-height: 24px;
      font-weight: 500;
      font-variant-numeric: tabular-nums;
      white-space: nowrap;
    }
    .tip .value span {
      color: var(--secondary-text-color);
      font-size: 12px;
      font-weight: 400;
    }
    .tip .high {
      color: var(--zone-high);
    }
    .tip .low {
      color: var(--zone-low);
    }
    .swatch {
      display: inline-block;
      flex: none;
      width: 10px;
      height: 10px;
      border-radius: 3px;
    }
    .tip .swatch {
      margin-inline-end: 6px;
    }
    .says {
      position: absolute;
      inset: 0;
      display: flex;
      flex-direction: column;
      align-items: center;
      justify-content: center;
      gap: 10px;
      padding: 0 16% 24px;
      text-align: center;
      font-size: 14px;
      line-height: 20px;
      pointer-events: none;
      z-index: 103;
    }
    .says.error {
      background: color-mix(in srgb, var(--zone-ground) 85%, transparent);
    }
    .says p {
      margin: 0;
    }
    .says button {
      pointer-events: auto;
    }
    .hint {
      position: absolute;
      inset: auto 0 40px;
      margin: auto;
      width: fit-content;
      padding: 6px 12px;
      border-radius: 16px;
      background: var(--primary-text-color);
      color: var(--zone-ground);
      font-size: 12px;
      opacity: 0;
      transition: opacity 0.3s;
      pointer-events: none;
      z-index: 103;
    }
    .hint.shown {
      opacity: 0.85;
    }
    .legend {
      display: flex;
      flex-wrap: wrap;
      gap: 4px 14px;
      margin: 0;
      padding: 0;
      list-style: none;
      font-size: 12px;
      line-height: 16px;
    }
    .legend li {
      display: flex;
      align-items: center;
      gap: 6px;
      white-space: nowrap;
    }
    .legend span {
      color: var(--secondary-text-color);
      font-variant-numeric: tabular-nums;
    }
    .steps {
      display: flex;
      align-items: center;
      gap: 2px;
      max-width: 100%;
    }
    .key {
      display: block;
    }
    .ranges {
      display: flex;
      flex: 1;
      min-width: 0;
      gap: 2px;
      padding: 3px;
      border-radius: 18px;
      background: color-mix(in srgb, var(--primary-text-color) 6%, transparent);
      overflow-x: auto;
      scrollbar-width: none;
    }
    .ranges::-webkit-scrollbar {
      display: none;
    }
    button {
      margin: 0;
      border: none;
      background: none;
      color: inherit;
      font: inherit;
      cursor: pointer;
      -webkit-tap-highlight-color: transparent;
    }
    button:focus-visible {
      outline: 2px solid var(--primary-color);
      outline-offset: -1px;
    }
    .ranges button {
      flex: 1 0 auto;
      min-width: 30px;
      height: 30px;
      padding: 0 13px;
      border-radius: 15px;
      color: color-mix(in srgb, var(--primary-text-color) 72%, var(--zone-ground));
      font-size: 12px;
      white-space: nowrap;
      transition: background 0.15s;
    }
    .ranges button:hover {
      color: var(--primary-text-color);
    }
    .ranges button[aria-pressed="true"] {
      background: var(--zone-ground);
      box-shadow: 0 1px 3px rgba(0, 0, 0, 0.2);
      color: var(--primary-text-color);
      font-weight: 500;
    }
    :host([dark]) .ranges button[aria-pressed="true"] {
      background: color-mix(in srgb, var(--primary-text-color) 18%, var(--zone-ground));
    }
    .round {
      flex: none;
      width: 36px;
      height: 36px;
      padding: 8px;
      border-radius: 50%;
      color: var(--secondary-text-color);
    }
    .round:hover:not(:disabled) {
      background: color-mix(in srgb, var(--primary-text-color) 8%, transparent);
      color: var(--primary-text-color);
    }
    .round.now:disabled {
      visibility: hidden;
    }
    .round:disabled {
      opacity: 0.3;
      cursor: default;
    }
    .round svg {
      display: block;
      width: 20px;
      height: 20px;
      fill: currentColor;
    }
    :host([dir="rtl"]) .round svg {
      transform: scaleX(-1);
    }
    .go {
      padding: 6px 16px;
      border-radius: 18px;
      background: color-mix(in srgb, var(--primary-color) 75%, #000);
      color: var(--text-primary-color, #fff);
      font-weight: 500;
    }
    .lacks {
      display: flex;
      align-items: center;
      gap: 4px;
      margin: 0;
      color: var(--secondary-text-color);
      font-size: 12px;
      line-height: 16px;
    }
    .lacks a {
      color: inherit;
      white-space: nowrap;
    }
    .lacks button {
      flex: none;
      width: 24px;
      height: 24px;
      padding: 5px;
      border-radius: 50%;
    }
    .lacks svg {
      display: block;
      fill: currentColor;
    }
    .progress {
      position: absolute;
      inset: 0 0 auto;
      height: 2px;
      overflow: hidden;
      opacity: 0;
      transition: opacity 0.3s 0.25s;
      z-index: 103;
    }
    .progress.shown {
      opacity: 1;
    }
    .progress::after {
      content: "";
      position: absolute;
      inset: 0;
      width: 30%;
      border-radius: 1px;
      background: var(--primary-color);
      animation: run 1.2s ease-in-out infinite;
    }
    @keyframes run {
      from {
        left: -30%;
      }
      to {
        left: 100%;
      }
    }
    .alone {
      display: flex;
      align-items: center;
      justify-content: center;
      box-sizing: border-box;
      height: 100%;
      min-height: 120px;
      margin: 0;
      padding: 16px;
      text-align: center;
      color: var(--secondary-text-color);
    }
    @container (max-width: 480px) {
      .card {
        padding: 12px 12px 10px;
      }
      .numbers {
        order: 1;
        flex-basis: 100%;
        gap: 2px 12px;
        flex-wrap: wrap;
        padding: 0;
      }
      .numbers div {
        display: flex;
        gap: 4px;
        align-items: baseline;
      }
      .numbers dd {
        font-size: 12px;
        line-height: 16px;
        font-weight: 500;
      }
      header.session {
        flex-wrap: wrap;
        gap: 2px 12px;
      }
      .steps {
        flex: 1 0 100%;
        gap: 0;
      }
      .ranges {
        gap: 0;
      }
      .ranges button {
        min-width: 0;
        padding: 0 3px;
      }
      .round {
        width: 34px;
        padding: 8px 7px;
      }
      .legend {
        gap: 2px 10px;
      }
    }
    @container (max-width: 320px) {
      .ranges button {
        padding: 0 2px;
        font-size: 11px;
      }
    }
    @media (prefers-reduced-motion: reduce) {
      *,
      *::after {
        animation: none !important;
        transition: none !important;
      }
    }
  `,Gu],qu=12,Ju={above:76,below:96,edge:4},Yu=8e4;function Xu(e,t){let n=e.mean[t];if(n==null)return;let[r,i]=[e.min[t],e.max[t]];return{from:e.from[t],to:e.to[t],min:r,mean:n,max:i}}function Zu({columns:e,view:t},n,r,i,a){let o=Xu(e,n);if(!o)return;let{from:s,to:c,mean:l}=o,u=e.x[n],{days:d=[],alerts:f=[]}=a??{};return{...o,...e.hours?{day:Qu(e,n,r,d)}:{},zones:r.zones===!1||e.hours?[]:xn(d,u,l),sessions:i.at(t,{start:s,end:c+1}),alerts:r.alerts===!1?[]:f.filter(({start:e,end:t})=>e<=c&&s<t)}}function Qu({x:e,low:t,high:n,hours:r},i,a,o){let s=e[i],c=e=>a.alerts===!1?0:r?.[e][i]??0,l=o.find(({start:e,end:t})=>e<=s&&s<t);return{band:[t[i],n[i]],resting:a.resting===!1?null:l?.resting??null,beyond:{high:c(`high`),low:c(`low`)}}}function $u(e,t,n,r){let{mean:i,min:a,max:o,zones:s}=t,[c,l]=[r.left+n.left,r.top+n.top],u=n.left>r.width/2?`calc(${c-qu}px - 100%)`:`${c+qu}px`,d=Math.min(Math.max(l-Ju.above,Ju.edge),Math.max(r.height-Ju.below,Ju.edge));return L`
    <div class="dot" style="left:${c}px;top:${l}px;background:${nd(s)}"></div>
    <div class="tip" style="transform:translate(${u}, ${d}px)">
      <p class="value">
        ${e.number(i)} <span>${B(e.language,`bpm`)}</span>
        ${a!==o&&!t.day?L`<span> · ${e.number(a)}–${e.number(o)}</span>`:R}
      </p>
      ${ad(e,t).map(e=>L`<p>${e}</p>`)}
      ${td(t).map(t=>L`<p>
            <i class="swatch" style="background:var(--zone-${t.custom?`custom`:t.name})"></i
            >${bn(e.language,t)}
          </p>`)}
      <p><small>${rd(e,t)}</small></p>
      ${id(e,t).map(e=>L`<p>${e}</p>`)}
      ${t.alerts.map(t=>L`<p class=${t.kind}>${od(e,t)}</p>`)}
    </div>
  `}function ed(e,t){let{language:n}=e,{min:r,mean:i,max:a,alerts:o}=t,s=rd(e,t),[c,l,u]=[r,i,a].map(t=>e.number(t));return[r===a?B(n,`cursor_value`,{time:s,value:`${l} ${B(n,`bpm`)}`}):B(n,`cursor_range`,{time:s,min:c,max:u,mean:l}),...ad(e,t),...td(t).map(e=>bn(n,e)),...id(e,t),...o.map(t=>od(e,t))].join(`. `)}function td({zones:e,sessions:t}){return t.some(Jn)?e.filter(({custom:e})=>e):e}function nd(e){let t=e.find(({custom:e})=>!e);return t?`var(--zone-${t.name})`:e.length?`var(--zone-custom)`:`var(--zone-line)`}function rd(e,{from:t,to:n}){return t===n?`${e.day(t)}, ${e.second(t)}`:n-t>=Yu?e.day(on({start:t,end:n})):e.period(t,n)}function id(e,{sessions:t,from:n,to:r}){return t.map(t=>t.at(e.language,(n+r)/2))}function ad(e,{min:t,max:n,day:r}){if(!r)return[];let i=t=>e.number(t),a=(t,n)=>B(e.language,t,n),[o,s]=r.band;return[...r.resting===null?[]:[a(`day_resting`,{bpm:i(r.resting)})],a(`day_hours`,{low:i(o),high:i(s)}),a(`day_ends`,{lowest:i(t),highest:i(n)}),...[`high`,`low`].filter(e=>r.beyond[e]).map(e=>a(`hours_${e}`,{count:i(r.beyond[e])}))]}function od(e,{kind:t,limit:n,start:r,end:i,extreme:a,hourly:o}){return B(e.language,o?`alert_${t}_hours`:`alert_${t}`,{limit:e.number(n),extreme:e.number(a),time:e.minutes((i-r)/60)})}function sd({attributes:e},t){let{compared_to_usual:n,difference:r}=e;if(n===`lower`||n===`usual`||n===`higher`)return cd(n,Number(r),t)}function cd(e,t,n){let r=Math.round(Math.abs(t));return e!==`usual`&&r?B(n.language,`usual_${e}`,{difference:n.number(r)}):B(n.language,`usual`)}var ld=class{of(e,t){let n=[e.entities,e.devices,t];if(!n.every((e,t)=>e===this.seen?.[t])){this.seen=n;let i=r(e,t);this.id=i&&l(e,i).resting_heart_rate?.[0]}return this.id?e.states[this.id]:void 0}},ud=2e3,dd=7,fd=class extends Ue{constructor(...e){super(...e),this.isDragging=!1,this.isHinting=!1,this.version=0,this.scenery=[],this.compared=new ld,this.sessions=new ci,this.measure=new Di,this.pointer=new wr(()=>this.version++),this.time=new pi(()=>this.version++),this.data=new wi(()=>this.version++),this.attention=new Ft({seen:e=>{this.data.pause(!e),e&&this.followPresent()},resized:()=>{this.plot?.resize(),this.version++},themed:()=>this.plot?.redraw(),ticked:()=>this.followPresent(),pause:()=>(this.time.view.end-this.time.view.start)*1e3/Math.max(this.drawn?.pixels??1,1)}),this.keys={step:e=>this.step(e),pointAt:e=>this.pointer.pinAt(e),move:e=>this.time.move(e),zoom:e=>this.time.zoom(e,this.pointer.fraction),leave:()=>this.sessions.opened?this.close():this.reset()}}static{this.styles=Ku}static{this.getConfigForm=cn}static{this.getStubConfig=sn}setConfig(e){U(e);let t=e.range??`24h`,n=t!==(this.config?.range??`24h`)||e.entity!==this.config?.entity;this.config=e,n&&this.showRange(t)}getCardSize(){return Math.ceil(((this.config?.height??260)+150)/50)}getGridOptions(){return{columns:12,min_columns:6,...this.config?.height===void 0?{rows:dd,min_rows:5}:{}}}connectedCallback(){super.connectedCallback(),this.attention.begin(this),this.version++}disconnectedCallback(){super.disconnectedCallback(),this.data.stop(),this.dismantle(),this.attention.end(),window.clearTimeout(this.hint)}shouldUpdate(e){let t=e.get(`hass`);if(e.size>1||!e.has(`hass`)||!t||!this.hass)return!0;let n=this.config?.entity??``;return t.states[n]!==this.hass.states[n]||t.entities[n]!==this.hass.entities[n]||Hi(t,this.hass,[`devices`,`locale`,`themes`,`connection`])}willUpdate(){if(this.toggleAttribute(`dark`,!!this.hass?.themes.darkMode),!this.hass||!this.config||(It(this,this.config.newest===!1&&i(this.hass,this.config.entity)),!this.isConnected))return;this.data.follow(this.hass,r(this.hass,this.config.entity)?.entryId),this.sessions.take(this.data.loaded?.annotations,this.config);let e=this.plot?.frame.width||this.chart?.clientWidth||this.clientWidth||400;this.drawn=Pn(this.drawn,this.data.loaded,this.time.view,e)}updated(e){let{hass:t,drawn:n,config:r,ground:i}=this;if(!t||!r||!n||!i){this.dismantle();return}let a=Pi(t),o=[n,r,a];if(!this.plot||o.some((e,t)=>e!==this.scenery[t])){let e=this.data.loaded?.annotations,{sessions:t}=this,s=Hr({drawn:n,annotations:e,sessions:t,config:r,formats:a,isLive:this.time.isLive});this.plot?this.plot.show(s):this.assemble(new Cu(i,s,e=>this.pointer.follow(e)),i),this.scenery=o}let s=e.get(`hass`);s&&s.themes!==t.themes&&requestAnimationFrame(()=>this.plot?.redraw()),this.data.show(this.time.view,n.pixels),this.measure.note(this.data.loaded),this.attention.run()}render(){let{hass:e,config:t}=this;if(!e||!t)return L`<ha-card></ha-card>`;let n=r(e,t.entity);if(!n)return L`<ha-card><p class="alone">${this.say(pd(e,t.entity),{entity:t.entity})}</p></ha-card>`;let i=Pi(e),{opened:a}=this.sessions,o=this.sum(e,t,n,i);return L`
      <ha-card>
        <section class="card">
          <div class="top">
            ${a?Uu(i,a,()=>this.close()):br(i,t.title??n.name,t.newest===!1?md(o):o)}
            ${Tr(i,this.time,e=>this.choose(e))}
          </div>
          ${this.renderChart(i,t,o)}
          <div id="keys" hidden>${this.say(`keys`)}</div>
          <div class="unseen" aria-live="polite">
            ${this.pointer.isPinned&&this.pointed?ed(i,this.pointed):R}
          </div>
          ${a?a.below(i,this.axis):R}
          ${this.isDaily&&t.band!==!1?L`<small class="key">${this.say(`band_of_days`)}</small>`:R}
          ${this.saysSleepLacks?Wi(i.language,n,()=>this.requestUpdate()):R}
        </section>
      </ha-card>
    `}renderChart(e,t,n){let r=t.height===void 0?``:`height:${t.height}px`,{data:i,drawn:a,time:o}=this;return L`
      <div
        class="chart ${r?`fixed`:``} ${this.isDragging?`dragging`:``}"
        style=${r||R}
        tabindex="0"
        role="application"
        aria-roledescription=${this.say(`chart`)}
        aria-label=${cr(e,n,this.sessions)}
        aria-describedby="keys"
        aria-busy=${i.loading}
        @keydown=${e=>Cr(e,this.keys)}
        @blur=${()=>this.pointer.leave()}
      >
        <div class="plot"></div>
        ${this.renderSessions(e)} ${this.renderCursor(e)}
        ${jr(e,i,o.view,!a?.extremes,e=>o.toTime(e))}
        <div class="hint ${this.isHinting?`shown`:``}" aria-hidden="true">
          ${this.say(/Mac|iP/.test(navigator.platform)?`wheel_hint_mac`:`wheel_hint`)}
        </div>
        <div class="progress ${i.loading&&!i.error?`shown`:``}"></div>
      </div>
    `}renderSessions(e){let t=this.sessions.named(this.time.view);return!this.plot||!t.length?R:zu(e,t,this.axis,e=>this.open(e))}renderCursor(e){let{plot:t,isDragging:n,pointed:r}=this,{place:i}=this.pointer;return i&&t&&r&&!n?$u(e,r,i,t.frame):R}say(e,t){return B(this.hass?.locale.language??`en`,e,t)}sum(e,t,n,r){let{view:i,isLive:a}=this.time,o=t.resting===!1?void 0:Ur(this.days,i),s=a?this.compared.of(e,t.entity):void 0,c=s&&Number(s.state)===o,l=Number.parseFloat(e.states[t.entity]?.state??``),{latest:u}=this.data;return{name:n.name,view:i,extremes:this.drawn?.extremes,resting:o,usual:c?sd(s,r):void 0,zones:t.zones===!1?[]:this.drawn?.zones??[],newest:Number.isNaN(l)||!u?void 0:{bpm:l,time:u}}}get axis(){let{left:e,width:t}=this.plot?.frame??{left:0,width:0};return{view:this.time.view,left:e,width:t}}get saysSleepLacks(){let{config:e,hass:t,data:n,sessions:r}=this,{start:i,end:a}=this.time.view;return!r.opened&&a-i<=Un&&e?.sleep!==!1&&n.lacks.includes(`sleep`)&&!!t?.user?.is_admin}get days(){return this.data.loaded?.annotations.days??[]}get isDaily(){return!!this.drawn?.columns.hours}get pointed(){let{drawn:e,config:t,sessions:n,data:r}=this,{place:i}=this.pointer;if(i&&e&&t)return Zu(e,i.index,t,n,r.loaded?.annotations)}assemble(e,t){let{time:n}=this;this.plot=this.pointer.plot=e,this.attention.measure(t),this.stopGestures=Vi(e.over,{zoom:(e,t)=>n.zoom(e,t),pan:e=>n.move(e),reset:()=>this.reset(),point:e=>this.pointer.pinAt(e),mayWheel:()=>this.shadowRoot?.activeElement===this.chart,refusedWheel:()=>this.showHint(),drag:e=>{this.isDragging=e}}),this.version++}dismantle(){this.stopGestures?.(),this.plot?.destroy(),this.plot=this.drawn=this.stopGestures=this.pointer.plot=this.pointer.place=void 0}followPresent(){this.attention.isSeen&&!this.isDragging&&this.isConnected&&this.time.follow()}open(e){this.sessions.open(e,this.time.shown),this.pointer.leave(),this.time.go(Gn(e,Date.now()/1e3)),this.focusOn(`.session h2`)}close(){let{opened:e}=this.sessions,t=this.sessions.close();e&&t&&(this.pointer.leave(),this.time.restore(t),this.focusOn(`[data-session="${CSS.escape(e.id)}"]`,`.chart`))}focusOn(...e){this.updateComplete.then(()=>{e.map(e=>this.shadowRoot?.querySelector(e)).find(Boolean)?.focus({preventScroll:!0})})}showRange(e){this.sessions.close(),this.pointer.leave(),this.time.showLast(e)}choose(e){this.sessions.close(),this.pointer.leave(),this.time.choose(e)}reset(){this.showRange(this.config?.range??`24h`)}showHint(){this.isHinting=!0,window.clearTimeout(this.hint),this.hint=window.setTimeout(()=>{this.isHinting=!1},ud)}step(e){let t=this.drawn?.columns;if(!t)return;let n=this.pointer.next(t,e);if(n===void 0)return;let r=t.x[n],{start:i,end:a}=this.time.view;(r<i||r>a)&&this.time.move(e<0?-.1:.1),this.updateComplete.then(()=>{let e=this.drawn?.columns;e&&this.pointer.pin(ln(e.x,r))})}};V([qe({attribute:!1})],fd.prototype,`hass`,void 0),V([z()],fd.prototype,`config`,void 0),V([z()],fd.prototype,`isDragging`,void 0),V([z()],fd.prototype,`isHinting`,void 0),V([z()],fd.prototype,`version`,void 0),V([Ye(`.chart`)],fd.prototype,`chart`,void 0),V([Ye(`.plot`)],fd.prototype,`ground`,void 0);function pd(e,t){return t?e.states[t]||e.entities[t]?`no_account`:`no_entity`:`choose`}function md(e){return{...e,newest:void 0,resting:void 0}}async function hd(t,n,r,{oldest:i}){let a=i?{start:new Date(i*1e3).toISOString(),end:new Date().toISOString()}:{};try{let{response:t}=await n.callWS({type:`call_service`,domain:e,service:`export`,service_data:{config_entry_id:r.entryId,...a},return_response:!0}),i=document.createElement(`a`);i.href=t.path,i.download=``,i.click()}catch{gd(t,B(n.locale.language,`failed`))}}function gd(e,t){let n={message:t};e.dispatchEvent(new CustomEvent(`hass-notification`,{detail:n,bubbles:!0,composed:!0}))}function _d({hass:e,formats:t,say:n},r){let i=t.number(r.pending);if(r.problem!==null){let a=`component.fitbit_cardiogram.entity.binary_sensor.forwarding_problem.state_attributes.reason.state.${r.problem}`,o=e.localize?.(a)||n(`trouble`),s=r.retry_at===null?``:n(`tried_again`,{time:t.moment(r.retry_at)}),c=[o,r.pending?n(`waiting`,{count:i}):``,r.paused?``:s].filter(Boolean).join(` · `);return{mood:r.paused?`trouble`:`waits`,words:c,isToMend:r.paused}}return r.quarantined?{mood:`trouble`,words:n(`refused`,{count:t.number(r.quarantined)}),isToMend:!0}:r.pending?{mood:`waits`,words:n(r.automatic?`on_the_way`:`waits_for_hand`,{count:i}),isToMend:!1}:r.last_delivery===null?{mood:`fine`,words:n(`nothing_sent`),isToMend:!1}:{mood:`fine`,words:n(`all_sent`,{count:t.number(r.delivered),time:t.ago(r.last_delivery)}),isToMend:!1}}function vd(e,t){e?.dispatchEvent(new CustomEvent(`hass-more-info`,{detail:{entityId:t},bubbles:!0,composed:!0}))}function yd({hass:e,account:t,say:n},r,i){let a=l(e,t)[r]?.find(t=>e.states[t]);return a?L`<button
    class="more"
    title=${n(`details`)}
    id=${r}
    aria-labelledby="${r}-name ${r}"
    @click=${e=>vd(e.currentTarget,a)}
  >
    ${i}
  </button>`:i}function bd(t,n,r,i){return t.callWS({type:`${e}/days`,entry_id:n,start:r,end:i})}var xd=class{constructor(e,t){this.connection=e,this.entryId=t,this.listeners=new Set}add(t){this.listeners.add(t),(this.overview||this.error)&&t(this.overview,this.error),this.stop??=Or(this.connection,{type:`${e}/overview`,entry_id:this.entryId},e=>this.tell(e,void 0),e=>this.tell(this.overview,e))}remove(e){return this.listeners.delete(e),!this.listeners.size&&(this.stop?.(),!0)}tell(e,t){this.overview=e,this.error=t;for(let n of this.listeners)n(e,t)}},Sd=new WeakMap;function Cd({connection:e},t,n){let r=Sd.get(e)??new Map;Sd.set(e,r);let i=r.get(t)??new xd(e,t);return r.set(t,i),i.add(n),()=>{i.remove(n)&&r.delete(t)}}var wd=1e4;function Td(e,t){setTimeout(Cd(e,t,()=>void 0),wd)}var Ed=15e3,Dd=class extends Ue{constructor(...e){super(...e),this.dark=!1}static getStubConfig(e){return{entity:n(e)[0]??``}}setConfig(e){if(typeof e.entity!=`string`)throw Error(B(Rt(),`choose`));this.config=e}getGridOptions(){return{columns:`full`}}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.clock),this.unfollow()}connectedCallback(){super.connectedCallback(),this.clock=setInterval(()=>this.requestUpdate(`overview`),Ed),this.requestUpdate()}shouldUpdate(e){let t=e.get(`hass`);return e.size>1||!e.has(`hass`)||!t||!this.hass||Hi(t,this.hass,[`entities`,`devices`,`locale`,`themes`,`connection`,`user`])}willUpdate(){if(!this.hass||!this.config||!this.isConnected)return;this.dark=this.hass.themes.darkMode;let e=s(this.hass,this.config.entity),{connection:t}=this.hass;if(e?.entryId===this.followed?.entryId&&t===this.followed?.hass||(this.unfollow(),!e))return;let n=Cd(this.hass,e.entryId,(e,t)=>{this.overview=e,this.error=t});this.followed={hass:t,entryId:e.entryId,stop:n}}unfollow(){this.followed?.stop(),this.followed=this.overview=this.error=void 0}render(){let{hass:e,config:t,overview:n,error:r}=this;if(!e||!t)return R;let i=(t,n)=>B(e.locale.language,t,n),a=s(e,t.entity);return a?r&&!(n&&r.code!==`unauthorized`)?this.refused(i(Dr.includes(r.code)?`error_${r.code}`:`error_other`)):n?this.draw({hass:e,account:a,formats:Pi(e),overview:n,say:i}):this.waiting():L`<ha-card>
        <p class="alone">${i(t.entity?`no_account`:`choose`,{entity:t.entity})}</p>
      </ha-card>`}waiting(){return R}refused(e){return R}};V([qe({attribute:!1})],Dd.prototype,`hass`,void 0),V([qe({type:Boolean,reflect:!0})],Dd.prototype,`dark`,void 0),V([z()],Dd.prototype,`config`,void 0),V([z()],Dd.prototype,`overview`,void 0),V([z()],Dd.prototype,`error`,void 0);var Od=86400,kd=3;function Ad(e,t){let n=Math.max(e.values.length-t,0),r=e.values.slice(n),i=Math.max(r.findIndex(e=>e!==null),0);return{from:n+i,values:r.slice(i)}}function jd(e){return e.map((t,n)=>{let r=e.slice(Math.max(n-6,0),n+1).filter(e=>e!==null);return r.length<kd?null:r.reduce((e,t)=>e+t,0)/r.length})}function Md(e,t){let n=Math.min(...e),r=Math.max(...e),i=t/4,a=Math.max(r-n+i,t),o=(n+r)/2,s=Math.max(Math.round((o-a/2)/i)*i,0);return{low:s,high:s+Math.ceil(a/i)*i}}function Nd(e,[t,,n]){let r=Math.max(n-t,2);return e<t?e<t-r?-2:-1:e>n?e>n+r?2:1:0}function Pd({values:e,usual:t}){let n={lower:0,usual:0,higher:0};return e.forEach((e,r)=>{let i=t?.[r];if(e===null||!i)return;let a=Nd(e,i);n[a<0?`lower`:a>0?`higher`:`usual`]++}),n}var Fd=`fitbit-cardiogram-past-dialog`,Id=[{days:90,key:`past_90`},{days:365,key:`past_365`},{days:1825,key:`past_1825`}],Ld=365,Rd=class extends Tt{constructor(...e){super(...e),this.heading=`import_past`,this.button=`import`}content(){return L`
      <p>${this.say(`past_explained`)}</p>
      <label>
        ${this.say(`past_how_far`)}
        <select name="days">
          ${Id.map(({days:e,key:t})=>L`<option value=${e} ?selected=${e===Ld}>${this.say(t)}</option>`)}
        </select>
      </label>
    `}async act(){let t=new FormData(this.shadowRoot?.querySelector(`form`)??void 0),n=Number(t.get(`days`)),r=new Date((Date.now()/1e3-n*Od)*1e3).toISOString();return await this.hass.callWS({type:`call_service`,domain:e,service:`import_history`,service_data:{config_entry_id:this.account.entryId,start:r,confirm:!0}}),`past_begun`}};V([qe({attribute:!1})],Rd.prototype,`account`,void 0);function zd(e,t,n){let r=document.createElement(Fd);r.account=n,Dt(r,e,t)}var Bd=`fitbit-cardiogram-forwarding`,Vd=`/config/repairs`,Hd={fine:`mdi:check`,waits:`mdi:tray-arrow-up`,trouble:`mdi:alert-circle-outline`},Ud=class extends Dd{static{this.styles=[...wt,Gd()]}draw(e){let{overview:t,say:n}=e,r=t.destinations??[];return L`<ha-card>
      ${r.length?L`<ul>
              ${r.map(t=>this.line(e,t))}
            </ul>`:R}
      <nav aria-label=${n(`actions`)}>${this.actions(e)}</nav>
    </ha-card>`}line(e,t){let{hass:n,say:r}=e,{mood:i,words:a,isToMend:o}=_d(e,t),s=Wd(e,t);return L`<li class=${i}>
      <ha-icon icon=${Hd[i]}></ha-icon>
      <span>
        ${s?L`<button class="name" title=${r(`details`)} @click=${()=>vd(this,s)}>
                ${t.name}:
              </button>`:L`<b class="name">${t.name}:</b>`}
        ${a}
      </span>
      ${o&&n.user?.is_admin?L`<a href=${Vd}>${r(`fix`)}</a>`:R}
    </li>`}actions({hass:e,account:t,overview:n,say:r}){let i=!!e.user?.is_admin,a=(e,t,n)=>L`<button @click=${n}><ha-icon icon=${t}></ha-icon>${r(e)}</button>`;return L`
      ${i&&n.limits?a(`alert_me`,`mdi:bell-outline`,()=>Nt(this,e,t,n)):R}
      ${i&&n.limits?a(`import_past`,`mdi:history`,()=>zd(this,e,t)):R}
      ${a(`export`,`mdi:download-outline`,()=>void hd(this,e,t,n))}
    `}};function Wd({hass:e,account:t},{id:n,name:r}){let i=c(e,t),a=i.find(({deviceId:t})=>e.devices[t]?.identifiers.some(([,e])=>e===n))??i.find(e=>e.name===r);return a&&l(e,a).pending_beats?.[0]}function Gd(){return x`
    ha-card {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 8px 24px;
      padding: 12px 20px;
      font-size: 14px;
      line-height: 20px;
    }
    ul {
      flex: 1 1 320px;
      min-width: 0;
    }
    li {
      display: flex;
      align-items: center;
      gap: 10px;
      padding: 6px 0;
    }
    li span {
      min-width: 0;
      color: var(--secondary-text-color);
      overflow-wrap: anywhere;
    }
    li ha-icon {
      flex: none;
      --mdc-icon-size: 20px;
      color: var(--zone-light);
    }
    .waits ha-icon {
      color: var(--zone-moderate);
    }
    .trouble ha-icon {
      color: var(--zone-vigorous);
    }
    .trouble span {
      color: var(--primary-text-color);
    }
    .name {
      color: var(--primary-text-color);
      text-align: start;
      unicode-bidi: isolate;
    }
    nav {
      display: flex;
      flex-wrap: wrap;
      align-self: flex-end;
      gap: 4px 20px;
      margin-inline-start: auto;
    }
    nav button {
      display: flex;
      align-items: center;
      gap: 6px;
      min-height: 32px;
    }
    nav ha-icon {
      --mdc-icon-size: 18px;
    }
    @media (max-width: 600px) {
      ha-card {
        padding-inline: 16px;
      }
      nav {
        margin: 0;
      }
    }
  `}var Kd=({entryId:t})=>`/config/integrations/integration/${e}#config_entry=${t}`,qd={not_set_up:{icon:`mdi:power-plug-off-outline`,isUrgent:!0,remedy:e=>({key:`open_account`,href:Kd(e)})},sign_in:{icon:`mdi:account-key-outline`,isUrgent:!0,remedy:e=>({key:`sign_in`,href:Kd(e)})},repair:{icon:`mdi:wrench-outline`,isUrgent:!0,remedy:()=>({key:`fix`,href:`/config/repairs`})},unreachable:{icon:`mdi:cloud-off-outline`},importing:{icon:`mdi:tray-arrow-down`},nothing_yet:{icon:`mdi:watch-variant`},not_synced:{icon:`mdi:sync-alert`},not_worn:{icon:`mdi:watch-off`},begins:{icon:`mdi:history`,remedy:()=>({key:`import_past`,act:`import`})}};function Jd({key:e,since:t,percent:n},{account:r,source:i,formats:a,isAdmin:o}){let{icon:s,isUrgent:c,remedy:l}=qd[e];return{icon:s,isUrgent:c??!1,words:`why_${e}`,values:{source:i,time:t===null?``:a.moment(t),day:t===null?``:a.fullDate(t),percent:n===null?``:a.percent(n)},remedy:o?l?.(r):void 0}}var Yd=`fitbit-cardiogram-hero`,Xd=2*Math.PI*25,Zd=`active_zone_minutes_week`,Qd=class extends Dd{static{this.styles=[...wt,cf()]}waiting(){return L`<ha-card><div class="hero"></div></ha-card>`}refused(e){return L`<ha-card
      >${this.name()}
      <p class="alone">${e}</p></ha-card
    >`}draw(e){let t=[ef(e),rf(e),tf(e),af(e)].filter(e=>e!==R),n=$d(e);return L`<ha-card>
      ${this.name()}
      ${n===R&&!t.length?R:L`<div class="hero" style="--facts:${t.length}">
              ${n} ${t.length?L`<dl class="facts">${t}</dl>`:R}
            </div>`}
      ${sf(e,this)}
    </ha-card>`}name(){let{title:e,navigation_path:t}=this.config??{};return e?L`<h2>${t?L`<a href=${t}>${e}</a>`:e}</h2>`:R}};function $d(e){let{overview:t,formats:n,say:r}=e,i=t.newest;if(!i)return R;let{bpm:a,time:o,zone:s,is_current:c}=i,l=`--rate:${c?`var(--zone-${s??`light`})`:`var(--secondary-text-color)`};--beat:${(60/a).toFixed(2)}s`;return L`<div class="rate ${c?`current`:``}" style=${l}>
    ${hr}${yd(e,`heart_rate`,L`<b>${n.number(a)}</b>`)}
    <span>
      <span class="unit" id="heart_rate-name">${r(`bpm`)}</span>
      <small title=${n.dayAndTime(o)}>${n.ago(o)}</small>
    </span>
  </div>`}function ef(e){let t=e.overview.resting_heart_rate;return t?nf(e,`resting_heart_rate`,`resting`,t,e.say(`bpm`)):R}function tf(e){let t=e.overview.heart_rate_variability;return t?nf(e,`heart_rate_variability`,`variability`,t,`ms`):R}function nf(e,t,n,r,i){let{formats:a,say:o}=e,s=L`${a.number(r.value)} <span class="unit">${i}</span>`,c=a.noon(r.day),l=Date.now()/1e3-c>172800,{place:u,difference:d}=r,f=u===null||d===null?``:cd(u,d,a);return of(e,t,o(n),s,[f,l?a.day(c):``])}function rf(e){let{overview:t,formats:n,say:r}=e,i=t.night;if(!i)return R;let a=i.day===n.civilDay(Date.now()/1e3)?r(`last_night`):r(`night_to`,{day:n.day(n.noon(i.day))}),o=i.lowest===null||i.lowest_at===null?``:r(`lowest_at`,{bpm:n.number(i.lowest),time:n.time(i.lowest_at)});return of(e,`last_night`,a,L`${n.hours(i.asleep)}`,[o])}function af(e){let{overview:t,formats:n,say:r}=e,i=t.week;if(!i)return R;let{minutes:a,goal:o}=i,s=n.number(a);if(!o)return of(e,Zd,r(`week`),L`${s} <span class="unit">min</span>`,[r(`this_week`)]);let c=Math.min(a/o,1);return L`<div class="fact ring ${c<1?``:`reached`}">
    <dt id="${Zd}-name">${r(`week`)} <span>${r(`week_goal`,{goal:n.number(o)})}</span></dt>
    <dd>
      ${we`<svg viewBox="0 0 60 60" aria-hidden="true">
        <circle cx="30" cy="30" r="25" />
        ${c>0?we`<circle class="share" cx="30" cy="30" r="25" stroke-dasharray="${c*Xd} ${Xd}" />`:R}
      </svg>`}
      <span>${yd(e,Zd,L`${s}`)}</span>
    </dd>
  </div>`}function of(e,t,n,r,i){let a=i.filter(Boolean).join(` · `);return L`<div class="fact">
    <dt id="${t}-name">${n}</dt>
    <dd>${yd(e,t,r)}</dd>
    ${a?L`<dd><small>${a}</small></dd>`:R}
  </div>`}function sf({hass:e,overview:t,account:n,formats:r,say:i},a){if(!t.reason)return R;let o=!!e.user?.is_admin,{icon:s,isUrgent:c,words:l,values:u,remedy:d}=Jd(t.reason,{account:n,source:t.source,formats:r,isAdmin:o}),{percent:f}=t.reason;return L`<div class="reason ${c?`urgent`:``}" role="status">
    <ha-icon icon=${s}></ha-icon>
    <span>${i(l,u)}</span>
    ${d===void 0?R:`href`in d?L`<a href=${d.href}>${i(d.key)}</a>`:L`<button @click=${()=>zd(a,e,n)}>${i(d.key)}</button>`}
    ${f===null?R:L`<i class="progress" style="width:${f}%" aria-hidden="true"></i>`}
  </div>`}function cf(){return x`
    ha-card {
      container-type: inline-size;
      overflow: hidden;
    }
    h2 {
      padding: 12px 20px 0;
      overflow-wrap: anywhere;
    }
    h2 a {
      color: inherit;
    }
    .more {
      color: inherit;
      font-weight: inherit;
      text-align: start;
    }
    .hero {
      display: flex;
      align-items: center;
      gap: 20px;
      box-sizing: border-box;
      min-height: 104px;
      padding: 16px 20px;
    }
    .rate {
      display: flex;
      align-items: center;
      flex: none;
      min-width: 176px;
    }
    .rate svg {
      width: 26px;
      height: 26px;
      margin-inline-end: 12px;
      fill: var(--rate);
    }
    .rate.current svg {
      animation: beat var(--beat) ease-in-out infinite;
    }
    .rate b {
      color: var(--rate);
      font-size: 60px;
      font-weight: 400;
      line-height: 64px;
      letter-spacing: -0.03em;
    }
    .rate > span {
      display: flex;
      flex-direction: column;
      margin-inline-start: 10px;
      padding-top: 14px;
      white-space: nowrap;
    }
    .unit {
      font-size: 0.7em;
      line-height: 1;
      color: var(--secondary-text-color);
    }
    .rate .unit {
      font-size: 14px;
      line-height: 18px;
    }
    .facts {
      display: grid;
      flex: 1;
      grid-template-columns: repeat(var(--facts), auto);
      min-width: 0;
    }
    .fact {
      min-width: 0;
      padding-inline: 20px 8px;
      border-inline-start: 1px solid var(--divider-color);
    }
    .fact dd {
      font-size: 20px;
      line-height: 28px;
      white-space: nowrap;
    }
    .fact dd + dd {
      font-size: 13px;
      line-height: 18px;
      white-space: normal;
    }
    .ring {
      display: flex;
      flex-direction: row-reverse;
      justify-content: flex-end;
      align-items: center;
      gap: 14px;
    }
    .ring dt span {
      display: block;
    }
    .ring dd {
      position: relative;
      flex: none;
      width: 64px;
      height: 64px;
    }
    .ring svg {
      transform: rotate(-90deg);
      fill: none;
      stroke-width: 7;
      stroke-linecap: round;
      stroke: color-mix(in srgb, var(--primary-text-color) 9%, transparent);
    }
    .ring .share {
      stroke: var(--zone-vigorous);
    }
    .reached .share {
      stroke: var(--zone-light);
    }
    .ring dd span {
      position: absolute;
      inset: 0;
      display: grid;
      place-items: center;
      font-size: 16px;
      font-weight: 500;
    }
    .reason {
      position: relative;
      display: flex;
      align-items: center;
      gap: 12px;
      padding: 10px 20px;
      background: color-mix(in srgb, var(--primary-text-color) 4%, transparent);
      font-size: 14px;
      line-height: 20px;
    }
    h2 + .reason {
      margin-top: 12px;
    }
    h2 + .reason,
    .hero + .reason {
      border-top: 1px solid var(--divider-color);
    }
    .reason span {
      flex: 1;
    }
    .reason a,
    .reason button {
      flex: none;
    }
    .reason ha-icon {
      flex: none;
      --mdc-icon-size: 20px;
      color: var(--secondary-text-color);
    }
    .urgent {
      background: color-mix(in srgb, var(--zone-vigorous) 12%, transparent);
    }
    .urgent ha-icon {
      color: var(--zone-vigorous);
    }
    .progress {
      position: absolute;
      bottom: 0;
      inset-inline-start: 0;
      height: 2px;
      background: var(--zone-light);
    }
    @keyframes beat {
      0%,
      45%,
      100% {
        transform: scale(1);
      }
      18% {
        transform: scale(1.14);
      }
    }
    @container (max-width: 800px) {
      .hero {
        flex-wrap: wrap;
        gap: 14px;
      }
      .rate {
        flex-basis: 100%;
      }
      .facts {
        flex-basis: 100%;
        grid-template-columns: repeat(min(var(--facts), 2), 1fr);
        gap: 16px 20px;
      }
      .fact {
        padding: 0;
        border: none;
      }
    }
    @container (min-width: 620px) and (max-width: 800px) {
      .facts {
        grid-template-columns: repeat(var(--facts), auto);
      }
    }
    @container (max-width: 480px) {
      h2 {
        padding-inline: 16px;
      }
      .hero,
      .reason {
        padding-inline: 16px;
      }
      .reason {
        flex-wrap: wrap;
      }
      .reason span {
        flex-basis: 70%;
      }
      .reason a,
      .reason button {
        margin-inline-start: 32px;
      }
      .ring {
        gap: 12px;
      }
    }
    @container (max-width: 360px) {
      .ring {
        grid-column: 1 / -1;
      }
    }
    @media (prefers-reduced-motion: reduce) {
      .rate.current svg {
        animation: none;
      }
    }
  `}function lf(e,t,n,r){let i=t??n-1,a={ArrowLeft:i-r,ArrowRight:i+r,ArrowUp:i-1,ArrowDown:i+1,Home:0,End:n-1}[e];return a===void 0?void 0:Math.min(Math.max(a,0),n-1)}var uf=60,df=3,ff=[{key:`resting_heart_rate`,title:`resting_long`,unit:`bpm`,colour:`resting`,least:20},{key:`heart_rate_variability`,title:`variability_long`,unit:`ms`,colour:`light`,least:40}];function pf(e){return!!(e&&Ad(e,uf).values.filter(e=>e!==null).length>=df)}function mf(e,t,n,r,i,a){let{language:o}=r,{from:s,values:c}=Ad(t,uf),l=(t.usual??[]).slice(s),u=jd(c),d=Md([...c,...l.flatMap(e=>e?[e[0],e[2]]:[])].filter(e=>e!==null),e.least),f=c.length,p=e=>(e+.5)/f*1e3,m=e=>100-(e-d.low)/(d.high-d.low)*100,h=i===void 0?void 0:i-s,g=e=>n+(s+e)*Od,_=t=>gf(e,r,g(t),c[t]??null),v=u.findLast(e=>e!==null),y=B(o,`trend_summary`,{what:B(o,e.title),days:r.days(g(0),g(f-1)),low:r.number(Math.min(...c.filter(e=>e!==null))),high:r.number(Math.max(...c.filter(e=>e!==null))),unit:e.unit}),b=h??f-1,x=c.flatMap((e,t)=>e===null?[]:[`M${p(t)} ${m(e)}h0`]);return L`
    <header>
      <h2>${B(o,e.title)}</h2>
      <small>
        ${h===void 0?v===void 0?R:B(o,`week_mean`,{mean:r.number(v),unit:e.unit}):_(h)}
      </small>
    </header>
    <div
      class="trend"
      style="--colour:var(--zone-${e.colour})"
      tabindex="0"
      role="slider"
      aria-label=${y}
      aria-readonly="true"
      aria-valuemin="1"
      aria-valuemax=${f}
      aria-valuenow=${b+1}
      aria-valuetext=${_(b)}
      @pointermove=${e=>{let{left:t,width:n}=e.currentTarget.getBoundingClientRect(),r=(e.clientX-t-hf)/(n-hf);a(s+Math.min(Math.max(Math.floor(r*f),0),f-1))}}
      @pointerleave=${()=>a(void 0)}
      @blur=${()=>a(void 0)}
      @keydown=${e=>{let t=lf(e.key,h,f,1);t!==void 0&&(e.preventDefault(),a(s+t))}}
    >
      <div class="plot">
        ${_f(d).map(e=>L`<span class="tick" style="top:${m(e)}%">${r.number(e)}</span>`)}
        ${we`<svg viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true">
          ${_f(d).map(e=>we`<path class="line" d="M0 ${m(e)}H1000" />`)}
          ${vf(l).map(e=>we`<path class="band" d=${yf(e,f,p,m)} />`)}
          <path class="dots" d=${x.join(``)} />
          <path class="mean" d=${bf(u,p,m)} />
          ${h===void 0?R:we`<path class="cursor" d="M${p(h)} 0V100" />`}
        </svg>`}
      </div>
      <div class="dates" aria-hidden="true">
        ${[0,Math.floor((f-1)/2),f-1].map(e=>L`<span>${r.date(g(e))}</span>`)}
      </div>
    </div>
  `}var hf=32;function gf(e,t,n,r){let i=r===null?`–`:`${t.number(r)} ${e.unit}`;return`${t.day(n)}: ${i}`}function _f({low:e,high:t}){return[e,(e+t)/2,t]}function vf(e){let t=[];return e.forEach((e,n)=>{if(!e)return;let r=t.at(-1),i={index:n,low:e[0],high:e[2]};r&&r.at(-1)?.index===n-1?r.push(i):t.push([i])}),t.filter(({length:e})=>e>1)}function yf(e,t,n,r){let i=500/t,a=(e,t)=>t.map(t=>`${n(t.index)} ${r(t[e])}`).join(`L`),[o,s]=[e[0],e.at(-1)];if(!o||!s)return``;let c=n(o.index)-i,l=n(s.index)+i;return`M${c} ${r(o.high)}L${a(`high`,e)}L${l} ${r(s.high)}L${l} ${r(s.low)}L${a(`low`,e.toReversed())}L${c} ${r(o.low)}Z`}function bf(e,t,n){return e.map((r,i)=>r===null?``:`${(e[i-1]??null)===null?`M`:`L`}${t(i)} ${n(r)}`).join(``)}var xf=x`
  :host {
    container-type: inline-size;
  }
  .panels {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--ha-view-sections-row-gap, 8px);
  }
  section {
    padding: 14px 20px 16px;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    justify-content: space-between;
    gap: 0 12px;
    margin-bottom: 10px;
  }
  .trend {
    position: relative;
    padding-inline-start: 32px;
    touch-action: pan-y;
  }
  .trend .plot {
    position: relative;
    height: 112px;
    margin-top: 8px;
  }
  .trend svg {
    display: block;
    width: 100%;
    height: 100%;
    overflow: visible;
    fill: none;
  }
  .trend path {
    vector-effect: non-scaling-stroke;
  }
  .trend .line {
    stroke: var(--zone-grid);
    stroke-width: 1;
  }
  .trend .band {
    fill: color-mix(in srgb, var(--colour) 14%, transparent);
  }
  .trend .dots {
    stroke: color-mix(in srgb, var(--colour) 62%, var(--zone-ground));
    stroke-width: 5;
    stroke-linecap: round;
  }
  .trend .mean {
    stroke: var(--colour);
    stroke-width: 2;
    stroke-linejoin: round;
  }
  .trend .cursor {
    stroke: var(--secondary-text-color);
    stroke-width: 1;
  }
  .tick {
    position: absolute;
    inset-inline-start: -32px;
    translate: 0 -50%;
  }
  .tick,
  .dates,
  .weekdays,
  .months,
  .key {
    color: var(--secondary-text-color);
    font-size: 12px;
    line-height: 16px;
  }
  .dates {
    display: flex;
    justify-content: space-between;
    padding-top: 6px;
  }
  .year {
    display: grid;
    grid-template-columns: 20px minmax(0, 1fr);
    gap: 4px;
  }
  .cells {
    display: grid;
    grid-auto-flow: column;
    grid-template-rows: repeat(7, auto);
    grid-template-columns: repeat(var(--weeks), minmax(0, 1fr));
    gap: 3px;
  }
  .cells i,
  .key i {
    aspect-ratio: 1;
    border-radius: 22%;
  }
  i.none {
    background: color-mix(in srgb, var(--primary-text-color) 4%, transparent);
  }
  i.single {
    background: color-mix(in srgb, var(--primary-text-color) 8%, var(--zone-ground));
  }
  i.below-far {
    background: var(--zone-below);
  }
  i.below {
    background: color-mix(in srgb, var(--zone-below) 50%, var(--zone-ground));
  }
  i.usual {
    background: color-mix(in srgb, var(--primary-text-color) 13%, var(--zone-ground));
  }
  i.above {
    background: color-mix(in srgb, var(--zone-vigorous) 50%, var(--zone-ground));
  }
  i.above-far {
    background: var(--zone-vigorous);
  }
  .cells .picked {
    outline: 2px solid var(--primary-text-color);
  }
  .weekdays {
    display: grid;
    grid-template-rows: repeat(7, 1fr);
    align-items: center;
    gap: 3px;
    line-height: 1;
  }
  .months {
    position: relative;
    grid-column: 2;
    height: 16px;
  }
  .months span {
    position: absolute;
    inset-inline-start: calc(100% * var(--week) / var(--weeks));
    white-space: nowrap;
  }
  .key {
    display: flex;
    align-items: center;
    justify-content: flex-end;
    gap: 4px;
  }
  .key i {
    width: 12px;
  }
  .key span {
    margin-inline: 4px;
  }
  .workouts {
    display: grid;
  }
  .workouts li {
    display: grid;
    grid-template-columns: auto 1fr auto;
    gap: 14px;
    align-items: center;
    padding: 8px 0;
  }
  .workouts li + li {
    border-top: 1px solid var(--divider-color);
  }
  .workouts ha-icon {
    display: grid;
    place-items: center;
    width: 36px;
    height: 36px;
    border-radius: 50%;
    --mdc-icon-size: 20px;
    color: var(--colour);
    background: color-mix(in srgb, var(--colour) 14%, transparent);
  }
  .workouts b,
  .workouts span {
    display: block;
    font-weight: 500;
    line-height: 20px;
  }
  .workouts small {
    display: block;
  }
  .figures {
    text-align: end;
  }
  @container (min-width: 760px) {
    .panels {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
    .wide {
      grid-column: 1 / -1;
    }
    .workouts {
      grid-template-columns: 1fr 1fr;
      column-gap: 48px;
    }
    .workouts li:nth-child(2) {
      border-top: none;
    }
  }
  @container (max-width: 620px) {
    section {
      padding-inline: 16px;
    }
    .cells {
      gap: 2px 1px;
    }
    .cells i {
      aspect-ratio: 1 / 2;
    }
    .months span:nth-child(even) {
      display: none;
    }
  }
`;function Sf(e,t){let{language:n}=t;return L`
    <header><h2>${B(n,`workouts`)}</h2></header>
    <ul class="workouts">
      ${e.map(e=>{let{type:r,start:i,end:a,mean:o,highest:s,recovery:c}=e,l=a===null?``:` · ${t.seconds(a-i)}`;return L`<li style="--colour:var(--zone-${Cf(e)})">
          <ha-icon icon=${ii(r)}></ha-icon>
          <div>
            <b>${ri(n,r)}</b>
            <small>${t.nearDay(i)}, ${t.time(i)}${l}</small>
          </div>
          <div class="figures">
            ${o===null||s===null?R:L`<span>
                    ${B(n,`workout_rates`,{mean:t.number(o),highest:t.number(s)})}
                  </span>`}
            ${c===null?R:L`<small
                    >${B(n,`workout_recovery`,{drop:t.change(-c)})}</small
                  >`}
          </div>
        </li>`})}
    </ul>
  `}function Cf({zones:e}){return yn.map(t=>({name:t,seconds:e[t]??0})).reduce((e,t)=>t.seconds>e.seconds?t:e).name}var wf=28,Tf=7,Ef=[`below-far`,`below`,`usual`,`above`,`above-far`],Df=[0,2,4];function Of(e){if(!e)return!1;let{lower:t,usual:n,higher:r}=Pd(e);return t+n+r>=wf}function kf(e,t,n,r){let{language:i}=r,a=e.values[t]??null,o=e.usual?.[t],s=r.day(n+t*Od);if(a===null)return`${s}: –`;let c=`${s}: ${r.number(a)} ${B(i,`bpm`)}`;if(!o)return c;let l=Nd(a,o);return`${c}, ${cd(l<0?`lower`:l>0?`higher`:`usual`,a-o[1],r)}`}function Af(e,t){let n=e.values[t]??null,r=e.usual?.[t];return n===null?`none`:r?Ef[Nd(n,r)+2]??`usual`:`single`}function jf(e,t,n,r,i){let{language:a}=n,o=e.values.length,{lower:s,usual:c,higher:l}=Pd(e),u=B(a,`year_summary`,{usual:n.number(c),lower:n.number(s),higher:n.number(l)}),d=Math.ceil(o/Tf),f=r??o-1;return L`
    <header>
      <h2>${B(a,`year`)}</h2>
      <small>${r===void 0?u:kf(e,r,t,n)}</small>
    </header>
    <div class="year" style="--weeks:${d}">
      <div class="weekdays" aria-hidden="true">
        ${Df.map(e=>L`<span style="grid-row:${e+1}">${n.weekday(t+e*Od)}</span>`)}
      </div>
      <div
        class="cells"
        tabindex="0"
        role="slider"
        aria-label="${B(a,`year`)}. ${u}"
        aria-readonly="true"
        aria-valuemin="1"
        aria-valuemax=${o}
        aria-valuenow=${f+1}
        aria-valuetext=${kf(e,f,t,n)}
        @pointermove=${e=>{let t=e.target.dataset.day;t!==void 0&&i(Number(t))}}
        @pointerleave=${()=>i(void 0)}
        @blur=${()=>i(void 0)}
        @keydown=${e=>{let t=lf(e.key,r,o,Tf);t!==void 0&&(e.preventDefault(),i(t))}}
      >
        ${e.values.map((t,n)=>L`<i
              class="${Af(e,n)} ${n===r?`picked`:``}"
              data-day=${n}
            ></i>`)}
      </div>
      <div class="months" aria-hidden="true">
        ${Mf(t,d,n).map(({name:e,week:t})=>L`<span style="--week:${t}">${e}</span>`)}
      </div>
    </div>
    <div class="key" aria-hidden="true">
      <span>${B(a,`lower`)}</span>
      ${Ef.map(e=>L`<i class=${e}></i>`)}
      <span>${B(a,`higher`)}</span>
    </div>
  `}function Mf(e,t,n){let r=Array.from({length:t},(t,r)=>n.month(e+(r*Tf+6)*Od));return r.map((e,n)=>({name:e,week:n,isNew:e!==r[n-1]&&n<t-1})).filter(({isNew:e,week:t})=>e&&(t>0||r[0]===r[2])).map(({name:e,week:t})=>({name:e,week:t}))}var Nf=`fitbit-cardiogram-weeks`,Pf=1e4,Ff=class extends Dd{constructor(...e){super(...e),this.connectedWhileHidden=!0,this.hasFailed=!1,this.asked=``}static{this.styles=[...wt,xf]}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.retry),this.asked=``}setConfig(e){super.setConfig(e),this.days=void 0,this.hasFailed=!1,this.asked=``}updated(){It(this,!this.shadowRoot?.querySelector(`ha-card`))}draw(e){this.load(e);let t=this.panels(e);if(!t.length)return R;let n=t.filter(({isWide:e})=>!e),r=n.length%2==1;return L`<div class="panels">
      ${t.map(e=>L`<ha-card class=${e.isWide||r&&e===n.at(-1)?`wide`:``}>
            <section>${e.content}</section>
          </ha-card>`)}
    </div>`}panels({overview:e,formats:t,say:n}){let{days:r}=this,i=r?t.noon(r.first):0,a=e=>this.picked?.panel===e?this.picked.index:void 0,o=e=>t=>{this.picked=t===void 0?void 0:{panel:e,index:t}},s=ff.flatMap(e=>{let n=r?.series[e.key];return pf(n)?[{isWide:!1,content:mf(e,n,i,t,a(e.key),o(e.key))}]:[]}),c=r?.series.resting_heart_rate,l=Of(c)?[{isWide:!0,content:jf(c,i,t,a(`year`),o(`year`))}]:[],{workouts:u}=e,d=u?.length?[{isWide:!0,content:Sf(u,t)}]:[];return[...this.hasFailed&&!r?[{isWide:!0,content:L`<p class="alone" role="status">${n(`days_failed`)}</p>`}]:[],...s,...l,...d]}async load({hass:e,account:t,overview:n,formats:r}){let{start:i,end:a}=If(r),{resting_heart_rate:o,heart_rate_variability:s,oldest:c}=n,l=JSON.stringify([t.entryId,i,a,o,s,c]);if(l!==this.asked){this.asked=l;try{let n=await bd(e,t.entryId,i,a);if(l!==this.asked)return;this.days=n,this.hasFailed=!1}catch(e){if(l!==this.asked)return;this.hasFailed=!Dr.includes(kr(e).code),this.retry=setTimeout(()=>{this.asked=``,this.requestUpdate()},Pf)}}}};V([z()],Ff.prototype,`days`,void 0),V([z()],Ff.prototype,`hasFailed`,void 0),V([z()],Ff.prototype,`picked`,void 0);function If(e){let t=e.noon(e.civilDay(Date.now()/1e3)),n=(new Date(e.zone.local(t)*1e3).getUTCDay()-e.firstWeekday+7)%7;return{start:e.civilDay(t-(n+364)*Od),end:e.civilDay(t+Od)}}var Lf=`fitbit-cardiogram`,Rf=`mdi:heart-pulse`,zf=`custom:${Lf}`,Bf=`/config/integrations/dashboard/add?domain=${e}`,Vf=2,Hf=3;function Uf(e,t){let n=t.accounts?.length?t.accounts:a(e).map(({deviceId:e})=>e),r=n.length?n.map(t=>Wf(e,t)):[Wf(e)],i=r.flatMap(({strategy:e})=>e?.entity??[]);return{views:i.length>1?[Gf(e,i),...r]:r}}function Wf(e,t){let n=t?s(e,t):void 0;if(!n)return{title:B(e.locale.language,`title`),...ep(e,t)};let r=qf(e,n);return{title:n.name,path:Kf(n),strategy:{type:zf,entity:r}}}function Gf(e,t){return{title:B(e.locale.language,`everyone`),path:`everyone`,strategy:{type:zf,accounts:t}}}function Kf({entryId:e}){return e.toLowerCase()}function qf(e,t){return l(e,t).heart_rate?.[0]??t.deviceId}function Jf(e,{entity:t,accounts:n}){let r=n??(t?[t]:void 0);return r?r.flatMap(t=>s(e,t)??[]):a(e).slice(0,1)}function Yf(e,t){let n=Jf(e,t);return t.accounts?Zf(e,n):n[0]?Xf(e,n[0]):ep(e,t.entity)}function Xf(e,t){let n=qf(e,t);return{type:`sections`,max_columns:Vf,sections:[{type:`grid`,column_span:Vf,cards:[$f(Yd,n),...Qf(e,t),$f(Nf,n),$f(Bd,n)]}]}}function Zf(e,t){let n=t.map(t=>{let n={title:t.name,navigation_path:Kf(t)};return{type:`grid`,cards:[$f(Yd,qf(e,t),n),...Qf(e,t)]}});return{type:`sections`,max_columns:t.length===4?2:Math.min(t.length,Hf),sections:n}}function Qf(e,t){return(l(e,t).heart_rate??[]).map(t=>$f(H,t,{title:B(e.locale.language,`title`),newest:!1}))}function $f(e,t,n={}){return{type:`custom:${e}`,entity:t,...n,grid_options:{columns:`full`}}}function ep(e,t){let{language:n}=e.locale;return{type:`sections`,max_columns:1,sections:[{type:`grid`,cards:[{type:`markdown`,content:B(n,t?`no_account`:e.user?.is_admin?`add_account`:`no_account_yet`,{entity:t??``,link:Bf})}]}]}}var tp=`fitbit-cardiogram-dashboard-editor`,np=[`entities`,`devices`],rp=class extends HTMLElement{static{this.registryDependencies=np}static async generate(e,t){return Uf(t,e)}static getCreateSuggestions(e){return{title:B(e.locale.language,`title`),icon:Rf}}static getConfigElement(){return document.createElement(tp)}},ip=class extends HTMLElement{static{this.registryDependencies=np}static async generate(e,t){for(let{entryId:n}of Jf(t,e))Td(t,n);return Yf(t,e)}},ap=class extends Ue{setConfig(e){this.config=e}render(){if(!this.hass||!this.config)return R;let{language:e}=this.hass.locale,t={select:{multiple:!0,mode:`list`,options:op(this.hass,this.config)}};return L`<ha-form
      .hass=${this.hass}
      .data=${this.config}
      .schema=${[{name:`accounts`,selector:t}]}
      .computeLabel=${()=>B(e,`field_accounts`)}
      .computeHelper=${()=>B(e,`help_accounts`)}
      @value-changed=${this.changed}
    ></ha-form>`}changed(e){e.stopPropagation();let{accounts:t,...n}=e.detail.value,r={config:t?.length?{...n,accounts:t}:n};this.dispatchEvent(new CustomEvent(`config-changed`,{detail:r,bubbles:!0,composed:!0}))}};V([qe({attribute:!1})],ap.prototype,`hass`,void 0),V([z()],ap.prototype,`config`,void 0);function op(e,{accounts:t=[]}){return o(e).map(({deviceId:n,name:r})=>({value:t.find(t=>s(e,t)?.deviceId===n)??n,label:r}))}var sp={[`ll-strategy-dashboard-${Lf}`]:rp,[`ll-strategy-view-${Lf}`]:ip,[tp]:ap},cp={type:Lf,strategyType:`dashboard`,get name(){return B(Rt(),`dashboard_name`)},get description(){return B(Rt(),`dashboard_description`)}},lp=`https://github.com/fitbit-cardiogram/home-assistant-fitbit-cardiogram`,up=[[H,fd,`card_name`,`card_description`],[Yd,Qd,`hero_name`,`hero_description`],[Nf,Ff,`weeks_name`,`weeks_description`],[Bd,Ud,`forwarding_name`,`forwarding_description`]];function dp(e,n,r){return{type:e,preview:!0,documentationURL:lp,get name(){return B(Rt(),n)},get description(){return B(Rt(),r)},getEntitySuggestion:(n,r)=>t(n,r)?{config:{type:`custom:${e}`,entity:r}}:null}}function fp(e,t){customElements.get(e)||customElements.define(e,t)}if(window.customCards??=[],window.customStrategies??=[],!customElements.get(`fitbit-cardiogram-chart`)){for(let[e,,t,n]of up)window.customCards.push(dp(e,t,n));window.customStrategies.push(cp)}for(let[e,t]of up)fp(e,t);fp(kt,Mt),fp(Fd,Rd);for(let[e,t]of Object.entries(sp))fp(e,t);